import type { ComponentChildren, Ref } from 'preact'

interface Props {
  label: string
  children: ComponentChildren
  box?: Ref<HTMLElement>
}

/** What others printed, told apart from what the page says. It scrolls, so the keyboard must reach it. */
export function Printed({ label, children, box }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as said above
    <section class="printed" tabIndex={0} aria-label={label} {...(box && { ref: box })}>
      <pre>{children}</pre>
    </section>
  )
}
