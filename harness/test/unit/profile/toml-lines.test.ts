import { expect, test } from 'vitest'
import { type FieldPath, TomlLines } from '../../../profile/toml-lines.ts'

const text = `# comment
description = "a = b"
long = """
delay = "not a field"
[[links]]
"""
[[links]]
delay = "5ms"
loss.average = "1%"

  [[ links ]] # the second
nodes = "a"
[links.loss]
"enter" = "1%"
'leave'="2%"
[limits]
cores = 1
`

test.each<[FieldPath, number]>([
  [['description'], 2],
  [['long'], 3],
  [['links', 0], 7],
  [['links', 0, 'delay'], 8],
  [['links', 0, 'loss', 'average'], 9],
  [['links', 1], 11],
  [['links', 1, 'nodes'], 12],
  [['links', 1, 'loss'], 13],
  [['links', 1, 'loss', 'enter'], 14],
  [['links', 1, 'loss', 'leave'], 15],
  [['limits', 'cores'], 17],
  [['links', 1, 'missing'], 11],
  [['links', 0, 'loss', 'missing'], 7],
  [['unknown'], 1],
])('%j stands on line %i', (path, line) => expect(new TomlLines(text).lineOf(path)).toBe(line))
