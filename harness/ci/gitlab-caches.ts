import { historyCache, type PipelineOptions } from './pipeline.ts'

/** GitLab caches only what lies in the project's folder. */
export const cacheFolder = '.cache'

const cachedFolders = ['vmproof', 'npm', 'share/pnpm'].map((name) => `${cacheFolder}/${name}/`)

/**
 * What jobs find again from earlier pipelines: packages and guests, and the history.
 *
 * @param policy who adds to the history: one job of a pipeline, because caches are replaced as a whole
 */
export function caches(options: PipelineOptions, policy: 'pull' | 'pull-push'): object[] {
  const { name, path } = historyCache(options)
  return [
    { key: 'vmproof', paths: cachedFolders },
    // What failed is worth knowing, too.
    ...(options.keepsHistory ? [{ key: name, paths: [`${path}/`], policy, when: 'always' }] : []),
  ]
}
