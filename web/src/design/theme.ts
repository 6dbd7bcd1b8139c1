import type { Settings } from '@/api/contract'

const remembered = 'beep.theme'

/** Shows the client in a theme, and remembers it for the time before the settings are known. */
export function applyTheme(theme: Settings['theme']): void {
  localStorage.setItem(remembered, theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** The theme used last on this device. */
export function rememberedTheme(): Settings['theme'] {
  const stored = localStorage.getItem(remembered)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}
