import { useEffect, useState } from 'preact/hooks'

/** Whether the document has been read to its end: what only some views show stands behind the program. */
export function useComplete(): boolean {
  const [complete, setComplete] = useState(document.readyState !== 'loading')
  useEffect(() => {
    if (complete) return
    const tell = () => setComplete(true)
    // Effects run late: the end may have come since the first look.
    if (document.readyState !== 'loading') return tell()
    addEventListener('DOMContentLoaded', tell)
    return () => removeEventListener('DOMContentLoaded', tell)
  }, [complete])
  return complete
}
