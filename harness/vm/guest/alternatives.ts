import type { FileTree } from './file-tree.ts'

interface Alternative {
  link: string
  target: string
  priority: number
}

/**
 * Makes the links that packages' maintainer scripts would make, such as nc -> nc.openbsd: no script runs, but
 * `update-alternatives --install LINK NAME TARGET PRIORITY [--slave LINK NAME TARGET]…` says all that is needed.
 * The highest priority wins; what is a file already stays.
 */
export function linkAlternatives(tree: FileTree, postinstScripts: string[]): void {
  const best = new Map<string, Alternative>()
  for (const one of postinstScripts.flatMap(alternativesIn)) {
    const found = best.get(one.link)
    if (tree.has(one.target) && (!found || found.priority < one.priority)) best.set(one.link, one)
  }
  for (const { link, target } of best.values()) if (!tree.has(link)) tree.link(link, target)
}

function alternativesIn(script: string): Alternative[] {
  const joined = script.replaceAll(/\\\n\s*/g, ' ')
  return [...joined.matchAll(/--install\s+(\/\S+)\s+\S+\s+(\/\S+)\s+(\d+)([^\n;&|]*)/g)].flatMap(
    ([, link = '', target = '', priority = '', rest = '']) => [
      { link, target, priority: Number(priority) },
      ...[...rest.matchAll(/--slave\s+(\/\S+)\s+\S+\s+(\/\S+)/g)].map(([, slave = '', its = '']) => ({
        link: slave,
        target: its,
        priority: Number(priority),
      })),
    ],
  )
}
