/** The folder of a build of the sources as they are now; see build.mjs. */
export function builtFromSources(): Promise<string>
