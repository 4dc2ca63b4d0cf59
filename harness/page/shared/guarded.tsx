import type { ComponentChildren } from 'preact'
import { useErrorBoundary } from 'preact/hooks'

/** A view that cannot be drawn says so, and leaves the way to the others open: a page may be half downloaded. */
export function Guarded({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary()
  if (!error) return <>{children}</>
  return (
    <article>
      <h1 tabIndex={-1}>This part of the report cannot be read</h1>
      <p role="alert">The file is perhaps not complete: {String(error?.message ?? error)}.</p>
      <p>
        <a href="#checks">All checks</a>
      </p>
    </article>
  )
}
