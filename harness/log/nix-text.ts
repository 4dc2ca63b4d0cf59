// Escape sequences that move or colour (ECMA-48: CSI, OSC, two-character ones), then what remains of controls.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Text of Nix without escape codes and control characters; tabs and newlines stay. */
export function plainText(text: string): string {
  return text.replace(escapes, '').replace(controls, '')
}
