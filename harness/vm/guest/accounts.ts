/** Users and groups that Debian has on every system, of those that programs name: base-passwd. */
const basicUsers = `u root 0 - /root /bin/sh
u daemon 1 - /usr/sbin
u bin 2 - /bin
u sys 3 - /dev
u mail 8 - /var/mail
u www-data 33 - /var/www
u backup 34 - /var/backups
u nobody 65534:65534 - /nonexistent
`
const basicGroups = `g adm 4
g tty 5
g disk 6
g kmem 15
g dialout 20
g cdrom 24
g sudo 27
g audio 29
g shadow 42
g utmp 43
g video 44
g plugdev 46
g staff 50
g users 100
g nogroup 65534
`

interface User {
  uid: number
  gid: number
  home: string
  shell: string
}

/** The users and groups of a guest, as its packages want them. */
export class Accounts {
  readonly #users = new Map<string, User>()
  readonly #groups = new Map<string, { gid: number; members: Set<string> }>()
  /** Numbers for whoever has none of its own, downwards as systemd gives them. */
  #free = 999

  constructor() {
    this.addSysusers(basicGroups)
    this.addSysusers(basicUsers)
  }

  /** Takes what is new in a file of sysusers.d(5): `u etcd - "etcd store" /var/lib/etcd`, `g`, `m USER GROUP`. */
  addSysusers(text: string): void {
    for (const line of text.split('\n')) {
      const [type = '', name = '', id = '-', , home = '-', shell = '-'] = wordsOf(line)
      if (name.includes('%')) continue
      if (type === 'g') this.#group(name, numberIn(id))
      else if (type === 'm') this.#join(name, id)
      else if (/^u!?$/.test(type)) this.#addSysuser(name, id, home, shell)
    }
  }

  /** Takes a user without a number of its own, unless it is known. */
  addUser(name: string, home: string | null, group: string | null): void {
    if (this.#users.has(name)) return
    const gid = this.#group(group ?? name, null)
    this.#users.set(name, { uid: this.#number(), gid, home: home ?? '/nonexistent', shell: nologin })
  }

  addGroup(name: string): void {
    this.#group(name, null)
  }

  find(name: string): { uid: number; gid: number; home: string } | null {
    return this.#users.get(name) ?? null
  }

  names(): string[] {
    return [...this.#users.keys()]
  }

  /** passwd(5) */
  passwd(): string {
    return this.#lines(
      [...this.#users],
      ([name, { uid, gid, home, shell }]) => `${name}:x:${uid}:${gid}::${home}:${shell}`,
    )
  }

  /** group(5) */
  group(): string {
    return this.#lines(
      [...this.#groups],
      ([name, { gid, members }]) => `${name}:x:${gid}:${[...members].join(',')}`,
    )
  }

  #lines<Item>(items: Item[], format: (item: Item) => string): string {
    return items.map((item) => `${format(item)}\n`).join('')
  }

  #addSysuser(name: string, id: string, home: string, shell: string): void {
    if (this.#users.has(name)) return
    const [uidText = '-', group] = id.split(':')
    const uid = numberIn(uidText) ?? this.#number()
    const gid = group === undefined ? this.#group(name, uid) : (numberIn(group) ?? this.#group(group, null))
    this.#users.set(name, {
      uid,
      gid,
      home: home === '-' ? '/' : home,
      shell: shell === '-' ? nologin : shell,
    })
  }

  #group(name: string, gid: number | null): number {
    const known = this.#groups.get(name)
    if (known) return known.gid
    const number = gid ?? this.#number()
    this.#groups.set(name, { gid: number, members: new Set() })
    return number
  }

  #join(user: string, group: string): void {
    this.#group(group, null)
    this.#groups.get(group)?.members.add(user)
  }

  #number(): number {
    const taken = new Set([...this.#users.values()].map(({ uid }) => uid))
    for (const { gid } of this.#groups.values()) taken.add(gid)
    while (taken.has(this.#free)) this.#free--
    return this.#free--
  }
}

const nologin = '/usr/sbin/nologin'

function wordsOf(line: string): string[] {
  const words = line.replace(/#.*/, '').match(/"[^"]*"|\S+/g) ?? []
  return words.map((word) => word.replace(/^"(.*)"$/, '$1'))
}

function numberIn(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null
}
