import { i18n } from '@lingui/core'

export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]

/** Each language by its own name, for a list to choose from. */
export const languageNames: Record<Language, string> = { en: 'English', fr: 'Français' }

const remembered = 'beep.language'

/** Whether the texts of those who govern a server are wanted. */
let governs = false

/** The language before anybody is signed in: the one used last here, or what the browser asks for. */
export function preferredLanguage(): Language {
  const stored = localStorage.getItem(remembered)
  const wanted = [stored, ...navigator.languages].map((tag) => tag?.slice(0, 2))
  return languages.find((language) => language === wanted.find((tag) => isLanguage(tag))) ?? 'en'
}

/** Loads a language's texts and shows the client in it. */
export async function activateLanguage(language: Language): Promise<void> {
  if (i18n.locale === language) return
  const [{ messages }, governing] = await Promise.all([
    load(language),
    governs ? loadGoverning(language) : null,
  ])
  i18n.loadAndActivate({ locale: language, messages: { ...messages, ...governing?.messages } })
  localStorage.setItem(remembered, language)
  document.documentElement.lang = language
}

/** Fetches what a part shows that governs a server, together with its texts, which are no part of the first load. */
export async function withGoverningTexts<Part>(part: Promise<Part>): Promise<Part> {
  governs = true
  const language = languages.find((known) => known === i18n.locale) ?? 'en'
  const [fetched, { messages }] = await Promise.all([part, loadGoverning(language)])
  i18n.load(language, messages)
  return fetched
}

function isLanguage(tag: string | undefined): tag is Language {
  return languages.some((language) => language === tag)
}

function load(language: Language) {
  return language === 'fr' ? import('./locales/fr.po') : import('./locales/en.po')
}

function loadGoverning(language: Language) {
  return language === 'fr' ? import('./locales/governing/fr.po') : import('./locales/governing/en.po')
}
