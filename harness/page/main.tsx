import { render } from 'preact'
import { App } from './app.tsx'
import { readPageData } from './embedded.ts'
import { applyKnownTheme } from './shared/theme-switch.tsx'

applyKnownTheme()
const root = document.getElementById('app')
if (root) {
  root.replaceChildren()
  render(<App data={readPageData()} />, root)
}
