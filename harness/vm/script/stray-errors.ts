/** Errors that are thrown past everybody. */
export interface StrayErrors {
  /** Rejects with the first of them; never resolves. */
  thrown: Promise<never>
  /** From now on they end the process again. */
  release(): void
}

/**
 * Catches what a script throws where nobody waits for it: in a timer, or in a step without `await`. Where somebody
 * else catches such errors already, they stay theirs.
 */
export function catchStrayErrors(): StrayErrors {
  let reject: (error: unknown) => void = () => undefined
  const thrown = new Promise<never>((_, fail) => {
    reject = fail
  })
  thrown.catch(() => undefined)
  if (process.hasUncaughtExceptionCaptureCallback()) return { thrown, release: () => undefined }
  process.setUncaughtExceptionCaptureCallback((error) => reject(error))
  return { thrown, release: () => process.setUncaughtExceptionCaptureCallback(null) }
}
