import { useState } from 'preact/hooks'

type Theme = 'light' | 'dark'
const key = 'vmproof-theme'

/** Takes up what was chosen in an earlier page, before anything is drawn. */
export function applyKnownTheme(): void {
  try {
    const known = localStorage.getItem(key)
    if (known === 'light' || known === 'dark') document.documentElement.dataset.theme = known
  } catch {
    // A page that may store nothing follows the system.
  }
}

function themeNow(): Theme {
  const chosen = document.documentElement.dataset.theme
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** Switches between dark and light. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(themeNow)
  const other: Theme = theme === 'dark' ? 'light' : 'dark'
  const change = () => {
    document.documentElement.dataset.theme = other
    setTheme(other)
    try {
      localStorage.setItem(key, other)
    } catch {
      // It holds for this page only.
    }
  }
  return (
    <button type="button" class="quiet theme-switch" onClick={change}>
      <span aria-hidden="true">◐</span> {other === 'dark' ? 'Dark' : 'Light'}
    </button>
  )
}
