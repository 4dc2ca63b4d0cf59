/** What a module saw of its environment: null for a variable that was not set, null as a whole when it saw all. */
export type SeenEnvironment = Record<string, string | null> | null

/** Watches which environment variables are looked at from now on in this process. @returns what was seen so far */
export function watchEnvironment(): () => SeenEnvironment {
  const seen: Record<string, string | null> = {}
  let all = false
  const note = (env: NodeJS.ProcessEnv, name: string | symbol) => {
    if (typeof name === 'string') seen[name] ??= env[name] ?? null
  }
  process.env = new Proxy(process.env, {
    get: (env, name) => {
      note(env, name)
      return Reflect.get(env, name)
    },
    has: (env, name) => {
      note(env, name)
      return Reflect.has(env, name)
    },
    ownKeys: (env) => {
      all = true
      return Reflect.ownKeys(env)
    },
  })
  return () => (all ? null : seen)
}

/** Whether whoever saw this would see the same here and now. */
export function isSameEnvironment(seen: SeenEnvironment): boolean {
  if (seen === null) return false
  return Object.entries(seen).every(([name, value]) => (process.env[name] ?? null) === value)
}
