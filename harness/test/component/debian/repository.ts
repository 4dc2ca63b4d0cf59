import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'

/** A package of a repository made for a test. */
export interface TestPackage {
  name: string
  version?: string
  /** Of the control file, such as `Depends`. */
  fields?: Record<string, string>
  /** Path to content; a link is `-> TARGET`. Programs (`bin/`) are executable. */
  files?: Record<string, string | Buffer>
  postinst?: string
}

/**
 * A package mirror on this machine's loopback, which apt asks as it asks any other. Needs dpkg-deb alone: signatures
 * are switched off for this one source.
 */
export class Repository {
  readonly folder: string
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '/', response))

  private constructor(folder: string) {
    this.folder = folder
  }

  /**
   * Starts a mirror and makes apt, in the running test alone, use it instead of the host's sources.
   * @param folder new
   */
  static async start(folder: string, packages: TestPackage[]): Promise<Repository> {
    const repository = new Repository(join(folder, 'mirror'))
    mkdirSync(repository.folder, { recursive: true })
    repository.publish(packages)
    const port = await repository.#listen()
    const sources = join(folder, 'sources.list')
    writeFileSync(sources, `deb [trusted=yes] http://127.0.0.1:${port}/ ./\n`)
    const settings = [
      `Dir::Etc::SourceList "${sources}";`,
      'Dir::Etc::SourceParts "/dev/null";',
      'Acquire::http::Proxy::127.0.0.1 "DIRECT";',
    ]
    const configuration = join(folder, 'apt.conf')
    writeFileSync(configuration, settings.join('\n'))
    vi.stubEnv('APT_CONFIG', configuration)
    return repository
  }

  /** Replaces what the mirror offers. */
  publish(packages: TestPackage[]): void {
    writeFileSync(join(this.folder, 'Packages'), packages.map((one) => `${this.#build(one)}\n`).join(''))
  }

  /** Connections are refused from now on. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve))
  }

  #listen(): Promise<number> {
    onTestFinished(() => this.stop())
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
  }

  #answer(url: string, response: ServerResponse): void {
    const path = join(this.folder, decodeURIComponent(url))
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) response.end(readFileSync(path))
    else response.writeHead(404).end()
  }

  /** @returns the stanza of the package list */
  #build({ name, version = '1.0', fields = {}, files = {}, postinst }: TestPackage): string {
    const root = join(this.folder, 'build', name)
    rmSync(root, { recursive: true, force: true })
    for (const [path, content] of Object.entries(files)) put(join(root, path), content)
    const control = Object.entries({
      Package: name,
      Version: version,
      Architecture: 'amd64',
      Maintainer: 'Test <test@example.org>',
      Description: 'test',
      ...fields,
    }).map(([key, value]) => `${key}: ${value}\n`)
    put(join(root, 'DEBIAN/control'), control.join(''))
    if (postinst !== undefined) {
      put(join(root, 'DEBIAN/postinst'), postinst)
      chmodSync(join(root, 'DEBIAN/postinst'), 0o755)
    }
    const file = `${name}_${version}_amd64.deb`
    const path = join(this.folder, file)
    execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, path], { stdio: 'ignore' })
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
    return [...control, `Filename: ./${file}\nSize: ${statSync(path).size}\nSHA256: ${sha256}\n`].join('')
  }
}

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  const [, target] = /^-> (.*)$/.exec(content.toString('latin1')) ?? []
  if (target !== undefined) symlinkSync(target, path)
  else writeFileSync(path, content, { mode: /\/s?bin\//.test(path) ? 0o755 : 0o644 })
}
