/** Where the page shows a check. @param check its position in the report */
export function checkHref(check: number): string {
  return `#check-${check}`
}
