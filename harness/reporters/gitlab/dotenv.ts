import type { RunReport } from '../../model/report.ts'
import { runFacts } from '../run-facts.ts'

/**
 * Variables for later jobs of the pipeline (`artifacts:reports:dotenv`), such as `VMPROOF_OUTCOME=passed`. Only words
 * and numbers: GitLab takes no more than 5 KB, and no quotes.
 */
export function formatDotenv(report: RunReport): string {
  return Object.entries(runFacts(report))
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `VMPROOF_${name.replaceAll('-', '_').toUpperCase()}=${value}\n`)
    .join('')
}
