import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Answer, Order } from '../../model/operator.ts'
import { asError } from '../record/error-text.ts'
import type { VmNode } from '../script/node.ts'
import type { TestScript } from '../script/test-script.ts'
import type { DriverMessage } from './messages.ts'

/** A command that a person waits for is ended by that person. */
const commandLimit = { timeout: '24h' }

/**
 * The script of a check whose nodes somebody uses by hand: it does what it is told, one order after the other.
 * @param own the check's script @param input orders, one JSON object a line; its end ends the script
 */
export function operatedScript(
  own: TestScript,
  input: Readable,
  tell: (message: Extract<DriverMessage, { type: 'output' | 'answered' }>) => void,
): TestScript {
  return async (context) => {
    const carryOut = async (order: Order): Promise<Omit<Answer, 'error'>> => {
      switch (order.type) {
        case 'run':
          return nodeOf(context, order.node).execute(order.command, commandLimit)
        case 'start':
          if (order.nodes.length === 0) await context.startAll()
          else await Promise.all(order.nodes.map((name) => nodeOf(context, name).start()))
          return { status: null, output: '' }
        case 'script':
          await own(context)
          return { status: null, output: '' }
      }
    }
    for await (const line of createInterface({ input })) {
      const answer = await carryOut(JSON.parse(line) as Order).then(
        (done): Answer => ({ ...done, error: null }),
        (thrown): Answer => ({ status: null, output: '', error: asError(thrown).message }),
      )
      const { output, ...rest } = answer
      for (const text of piecesOf(output)) tell({ type: 'output', text })
      tell({ type: 'answered', answer: rest })
    }
  }
}

/** No line of messages is read beyond a megabyte, and each character may take six in JSON. */
const longestPiece = 100_000

function piecesOf(text: string): string[] {
  return text.match(new RegExp(`[^]{1,${longestPiece}}`, 'gu')) ?? []
}

function nodeOf(context: Record<string, unknown>, name: string): VmNode {
  return context[name] as VmNode
}
