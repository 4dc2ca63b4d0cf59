/** Words of Python's own exceptions. */
const mistakes = [
  // name 'undefined_name' is not defined
  /^name '.*' is not defined/,
  // 'NoneType' object has no attribute 'group'
  /^'.*' object /,
  // list index out of range
  /^(?:list|string|tuple) index out of range/,
  // invalid literal for int() with base 10: 'x'
  /^invalid literal for |^could not convert /,
  // unsupported operand type(s) for +: 'int' and 'str'
  /^unsupported operand |^can only concatenate |^expected string or bytes/,
  // f() takes 1 positional argument but 2 were given
  /^\S+\(\) (?:takes \d+|missing \d+ required|got an unexpected keyword)/,
  // not enough values to unpack (expected 2, got 1)
  /^(?:not enough|too many) values to unpack|^cannot unpack /,
  // [Errno 2] No such file or directory: 'x'
  /^\[Errno \d+\] /,
  /^division by zero$|^maximum recursion depth exceeded|^(?:cannot access )?local variable /,
]

/** Older drivers print the words of an error without its class: what is no mistake in the script was an assert. */
export function isAssertion(message: string): boolean {
  return !mistakes.some((words) => words.test(message))
}
