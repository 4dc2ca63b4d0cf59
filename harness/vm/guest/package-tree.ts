import type { PackageContent } from '../../debian/package-file.ts'
import type { TarEntry } from '../../debian/tar.ts'
import { linkAlternatives } from './alternatives.ts'
import { FileTree, placeOf } from './file-tree.ts'
import { isLeftOut } from './left-out.ts'

/** Lays packages' files over each other as installing them would, with the links that their scripts would make. */
export function packageTree(packages: PackageContent[]): FileTree {
  const tree = new FileTree()
  const entries = packages.flatMap((one) => one.files).filter((entry) => !isLeftOut(placeOf(entry.path)))
  for (const entry of entries) put(tree, entry)
  // What they name may be in a package that comes later.
  for (const entry of entries) if (entry.type === 'hard-link') tree.copy(entry.path, entry.target)
  linkAlternatives(
    tree,
    packages.map((one) => one.postinst),
  )
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
