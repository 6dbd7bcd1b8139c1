import '@fontsource-variable/inter/wght.css'
import './design/base.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { startRouter } from './app/router'
import { startSession } from './app/session'
import { startTitle } from './app/title'
import { applyTheme, rememberedTheme } from './design/theme'
import { activateLanguage, preferredLanguage } from './i18n/locale'

async function start(root: HTMLElement): Promise<void> {
  startRouter()
  startTitle()
  applyTheme(rememberedTheme())
  void startSession()
  await activateLanguage(preferredLanguage())
  createRoot(root).render(<App />)
}

const root = document.getElementById('root')
if (root) void start(root)
