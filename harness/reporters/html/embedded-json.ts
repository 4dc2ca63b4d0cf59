import { safeText } from '../safe-text.ts'

/**
 * A value as JSON that stands safely in a script element: without `<` no text can end the element, begin a comment in
 * it or open another one. Its texts are without escape codes and controls, those that turn the order of letters included,
 * so no view has to think of them. @returns text that JSON.parse reads as it stands
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'string' ? safeText(part) : part)).replaceAll(
    '<',
    '\\u003c',
  )
}

/** A text between tags or in a quoted attribute. */
export function escapedText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
