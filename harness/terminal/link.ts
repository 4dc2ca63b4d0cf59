import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * A text that opens a file when it is clicked (OSC 8, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda).
 * @param text safe to print
 * @param path relative to the working folder, or absolute; whatever it holds is percent-encoded
 */
export function fileLink(text: string, path: string, env: NodeJS.ProcessEnv = process.env): string {
  const url = pathToFileURL(resolve(path))
  // On another machine there is no such file, and the terminal can tell by the name.
  if (env.SSH_CONNECTION) url.hostname = hostname()
  return `\x1b]8;;${url.href}\x1b\\${text}\x1b]8;;\x1b\\`
}
