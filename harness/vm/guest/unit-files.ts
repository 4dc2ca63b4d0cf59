import type { FileTree } from './file-tree.ts'

/** Where units lie: what an administrator (here a test) wrote, before what packages bring. */
const unitFolders = ['etc/systemd/system', 'usr/lib/systemd/system']

/** Keys of [Install] that make links in a folder of the unit named, by the folder's ending. */
const linkingKeys: Record<string, string> = { WantedBy: 'wants', RequiredBy: 'requires', UpheldBy: 'upholds' }

/**
 * Enables a unit as `systemctl enable` would, by the links that its [Install] section asks for; one without such a
 * section is wanted by multi-user.target.
 *
 * @param name such as `etcd.service` or `openvpn@client.service`
 * @returns false when no such unit is there
 */
export function enableUnit(tree: FileTree, name: string, seen = new Set<string>()): boolean {
  const file = unitFile(tree, name)
  if (file === null) return false
  if (seen.has(name)) return true
  seen.add(name)
  const settings = installSettings(tree.read(file)?.toString() ?? '')
  const links = Object.entries(linkingKeys).flatMap(([key, ending]) =>
    (settings.get(key) ?? []).map((other) => `${other}.${ending}/${name}`),
  )
  const aliases = settings.get('Alias') ?? []
  const wanted = links.length + aliases.length > 0 ? links : [`multi-user.target.wants/${name}`]
  for (const path of [...wanted, ...aliases]) tree.link(`etc/systemd/system/${path}`, `/${file}`)
  for (const other of settings.get('Also') ?? []) enableUnit(tree, other, seen)
  return true
}

/** Makes sure that a unit never starts, whoever wants it. */
export function maskUnit(tree: FileTree, name: string): void {
  if (!tree.has(`etc/systemd/system/${name}`)) tree.link(`etc/systemd/system/${name}`, '/dev/null')
}

/** Names of all units that are there. */
export function unitNames(tree: FileTree): string[] {
  return unitFolders.flatMap((folder) => tree.list(folder)).filter((name) => /\.\w+$/.test(name))
}

function unitFile(tree: FileTree, name: string): string | null {
  const template = name.replace(/@.*\./, '@.')
  const paths = [name, template].flatMap((one) => unitFolders.map((folder) => `${folder}/${one}`))
  return paths.find((path) => tree.has(path)) ?? null
}

/** systemd.unit(5): `WantedBy=multi-user.target` in [Install]; several words, several lines. */
function installSettings(text: string): Map<string, string[]> {
  const settings = new Map<string, string[]>()
  const [, section = ''] = /^\[Install\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text) ?? []
  for (const [, key = '', value = ''] of section.matchAll(/^(\w+)=(.*)$/gm)) {
    settings.set(key, [...(settings.get(key) ?? []), ...value.trim().split(/\s+/)])
  }
  return settings
}
