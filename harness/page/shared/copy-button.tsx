import { useState } from 'preact/hooks'

/** Copies a text. @param what is named for those who do not see where the button stands */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('Copy')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      // Browsers may forbid it; the text can still be selected.
      setSaid('Not allowed')
    }
    setTimeout(() => setSaid('Copy'), 2000)
  }
  return (
    <button type="button" class="quiet" onClick={copy} aria-label={`Copy ${what}`}>
      <span aria-live="polite">{said}</span>
    </button>
  )
}
