import { type Browser, chromium } from 'playwright-core'
import { findOnPath } from '../../process/find-program.ts'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Starts the browser of this host, without a window. @throws when there is none, with the way to one */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = programs.map((name) => findOnPath(name)).find((path) => path !== null)
  if (!executablePath) throw new Error(`no ${programs.join(', ')} on the PATH: sudo apt-get install chromium`)
  // Chromium refuses to make its sandbox as root, as CI runs.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 })
}
