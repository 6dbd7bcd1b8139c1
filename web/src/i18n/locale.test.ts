import { i18n } from '@lingui/core'
import { expect, test, vi } from 'vitest'

const remembered = new Map<string, string>()
vi.stubGlobal('localStorage', { setItem: (key: string, value: string) => remembered.set(key, value) })
vi.stubGlobal('document', { documentElement: { lang: '' } })

const { activateLanguage } = await import('./locale')

test('the language that was asked for last is shown, whichever texts come last', async () => {
  await activateLanguage('fr')
  const late = activateLanguage('en')
  await activateLanguage('fr')
  await late
  expect([i18n.locale, document.documentElement.lang, remembered.get('beep.language')]).toEqual([
    'fr',
    'fr',
    'fr',
  ])
  await activateLanguage('en')
  expect(i18n.locale).toBe('en')
})
