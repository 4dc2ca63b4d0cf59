/** Where a test stands. */
export type Stage = 'before' | 'script' | 'ending'

/** What the driver said of the script's end. Each mark holds until a later line contradicts it. */
export class Marks {
  stage: Stage = 'before'
  /** `test script finished in 1.23s`, not yet confirmed by a clean-up directly behind it. */
  #finished = false
  /** It is confirmed. */
  passed = false
  cleanedUp = false
  cleanupEnded = false
  /** The closing line of the script itself came. */
  scriptEnded = false
  /** Of the whole script, by the success mark. */
  scriptSeconds: number | null = null
  /** Line in which the driver gave up for its time limit. */
  timeoutAt: number | null = null

  scriptFinished(seconds: number): void {
    this.#finished = true
    this.scriptSeconds = seconds
  }

  /** The success mark counts only directly in front of it. */
  cleanupBegan(): void {
    this.passed = this.#finished
    this.#finished = false
    this.cleanedUp = true
    this.stage = 'ending'
  }

  /** The script does something, so it has not ended. @param trusted nobody else can have said that time was over */
  scriptGoesOn(trusted: boolean): void {
    this.stage = 'script'
    this.#finished = false
    this.passed = false
    this.cleanedUp = false
    this.cleanupEnded = false
    this.scriptEnded = false
    if (!trusted) this.timeoutAt = null
  }

  /** None of it was said by the driver. */
  takeBack(): void {
    this.scriptGoesOn(false)
    this.scriptSeconds = null
  }
}
