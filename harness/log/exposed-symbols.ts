import type { Story } from './story.ts'

/**
 * The list that every driver since 2021 prints to standard output before it runs the script:
 *
 *     additionally exposed symbols:
 *         alpha, beta,
 *         vlan1,
 *         start_all, test_script, machines, ...
 *
 * It names the nodes, and where it stands too late, so do all prints of the script: a pipe holds them back.
 */
export class ExposedSymbols {
  /** The list stood where it belongs. */
  inTime = false
  readonly #story: Story
  /** Lines of it that are still to come. */
  #left = 0

  constructor(story: Story) {
    this.#story = story
  }

  /** @returns whether the line belongs to it */
  take(raw: string): boolean {
    const { marks, blocks, ledger, nodes } = this.#story
    if (raw === 'additionally exposed symbols:') {
      this.#left = 3
      const early = blocks.open.length <= 1 && ledger.entries.length === 0
      this.inTime = marks.stage === 'script' && early
      this.#story.latePrints = marks.stage === 'ending' || !early
      return true
    }
    if (this.#left === 0 || !raw.startsWith('    ')) return false
    if (this.#left-- === 3) for (const name of raw.match(/[\w.-]+/g) ?? []) nodes.mention(name)
    return true
  }
}
