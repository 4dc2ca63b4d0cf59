/**
 * Stands in for the package string-width in the bundle (harness/build.mjs): yargs measures every word of its
 * help with it, and compiling its emoji patterns took a fifth of the time of `vmproof --help`.
 */
export { columnsOf as default } from '../reporters/columns.ts'
