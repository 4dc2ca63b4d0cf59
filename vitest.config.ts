import { defineConfig } from 'vitest/config'
import { ciVariables } from './harness/ci/detect.ts'

// In a job of CI vmproof speaks and reports as its CI wants it; a test says itself when that is what it is about.
const outsideOfCi = Object.fromEntries(ciVariables.map((name) => [name, '']))

const common = { passWithNoTests: false, restoreMocks: true, env: outsideOfCi }

/**
 * Four projects by cost: pure code, real child processes, reports in a real browser, the whole command on real VMs.
 * They run one after the other, so that the cheap ones fail first and the dear ones have the machine to themselves.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['harness/test/unit/**/*.test.ts', 'harness/test/imports.test.ts'],
          // Ends what hangs; how fast things are is told by bench/.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...common,
          name: 'component',
          sequence: { groupOrder: 1 },
          include: ['harness/test/component/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        // A browser is many processes itself.
        test: {
          ...common,
          name: 'browser',
          sequence: { groupOrder: 2 },
          include: ['harness/test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // End-to-end tests share the machine's two scarce things, cores and the Nix store: one file at a time.
        test: {
          ...common,
          name: 'e2e',
          sequence: { groupOrder: 3 },
          include: ['harness/test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
