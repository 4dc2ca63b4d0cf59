import { Document, isScalar, visit } from 'yaml'

// Whatever else a parser might take for a number, a date, a symbol or a tag is quoted.
const plain = /^[A-Za-z./$][\w ./$+@=*-]*$/

// Several lines of characters that every parser takes as they are; the first one shows how far all are indented.
const isScript = /^[\x21-\x7e][\x20-\x7e]*(\n[\x20-\x7e]*)+$/

/**
 * YAML that parsers of versions 1.1 and 1.2 read alike: GitLab's takes `on` for true, and `1,000` for a number.
 *
 * @param comment above it, without `#`
 */
export function formatYaml(value: unknown, comment: string): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  document.directives = undefined
  document.commentBefore = comment
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n')
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string' && !plain.test(node.value)) {
        node.type = isScript.test(node.value) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE'
      }
    },
  })
  return document.toString({ lineWidth: 0, doubleQuotedAsJSON: true, flowCollectionPadding: false })
}
