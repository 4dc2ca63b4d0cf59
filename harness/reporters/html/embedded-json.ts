/**
 * A value as JSON that stands safely in a script element: without `<` no text can end the element, begin a comment in
 * it or open another one. @returns text that JSON.parse reads as it stands
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** A text between tags or in a quoted attribute. */
export function escapedText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
