import type { PackageContent } from '../../debian/package-file.ts'
import type { TarEntry } from '../../debian/tar.ts'
import { Accounts } from './accounts.ts'
import { FileTree, treePath } from './file-tree.ts'
import { isLeftOut } from './left-out.ts'
import { type Alternative, type PostinstEffects, readPostinst } from './postinst.ts'

/** Lays packages' files over each other as installing them would, with what their scripts would add. */
export function packageTree(packages: PackageContent[]): FileTree {
  const tree = new FileTree()
  const entries = packages.flatMap((one) => one.files).filter((entry) => !isLeftOut(treePath(entry.path)))
  for (const entry of entries) put(tree, entry)
  // What they name may be in a package that comes later.
  for (const entry of entries) if (entry.type === 'hard-link') tree.copy(entry.path, entry.target)
  const effects = packages.map((one) => readPostinst(one.postinst))
  linkAlternatives(
    tree,
    effects.flatMap((one) => one.alternatives),
  )
  for (const { path, mode } of effects.flatMap((one) => one.folders))
    if (!tree.has(path)) tree.folder(path, mode)
  addAccounts(tree, effects)
  return tree
}

function put(tree: FileTree, entry: TarEntry): void {
  switch (entry.type) {
    case 'folder':
      tree.folder(entry.path, entry.mode)
      break
    case 'file':
      tree.file(entry.path, entry.content, entry.mode)
      break
    case 'link':
      tree.link(entry.path, entry.target)
      break
    case 'hard-link':
      break
  }
}

/** What is a file of a package already stays, and no link is made to what is not there. */
function linkAlternatives(tree: FileTree, alternatives: Alternative[]): void {
  const best = new Map<string, Alternative>()
  for (const one of alternatives) {
    const found = best.get(one.link)
    if (tree.has(one.target) && (!found || found.priority < one.priority)) best.set(one.link, one)
  }
  for (const { link, target } of best.values()) if (!tree.has(link)) tree.link(link, target)
}

/** Users come from sysusers.d, from scripts, and from units that run as somebody whom nothing else makes. */
function addAccounts(tree: FileTree, effects: PostinstEffects[]): void {
  const accounts = new Accounts()
  const read = (path: string) => tree.read(path)?.toString() ?? ''
  for (const name of tree.list('usr/lib/sysusers.d')) accounts.addSysusers(read(`usr/lib/sysusers.d/${name}`))
  for (const group of effects.flatMap((one) => one.groups)) accounts.addGroup(group)
  for (const { name, home, group } of effects.flatMap((one) => one.users)) accounts.addUser(name, home, group)
  for (const name of tree.list('usr/lib/systemd/system')) {
    const unit = read(`usr/lib/systemd/system/${name}`)
    for (const [, user = ''] of unit.matchAll(/^User=([a-z_][\w-]*)\s*$/gm))
      accounts.addUser(user, null, null)
    for (const [, group = ''] of unit.matchAll(/^Group=([a-z_][\w-]*)\s*$/gm)) accounts.addGroup(group)
  }
  tree.file('etc/passwd', accounts.passwd())
  tree.file('etc/group', accounts.group())
  for (const name of accounts.names()) ownHome(tree, accounts.find(name))
}

/** A daemon keeps its data in its home. */
function ownHome(tree: FileTree, account: { uid: number; gid: number; home: string } | null): void {
  if (account?.home.startsWith('/var/lib/')) tree.own(account.home, { uid: account.uid, gid: account.gid })
}
