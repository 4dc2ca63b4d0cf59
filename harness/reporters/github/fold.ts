import type { Fold } from '../check-blocks.ts'
import { workflowCommand } from './command.ts'

/** Groups of a GitHub job's log. They do not nest. */
export const githubFold: Fold = {
  open: (_, title) => workflowCommand('group', title),
  close: () => workflowCommand('endgroup'),
}
