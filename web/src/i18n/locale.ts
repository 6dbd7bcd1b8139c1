import { i18n } from '@lingui/core'

export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]

/** Each language by its own name, for a list to choose from. */
export const languageNames: Record<Language, string> = { en: 'English', fr: 'Français' }

const remembered = 'beep.language'

/** Whether the texts that are no part of the first load are wanted. */
let wantsLater = false

/** The language before anybody is signed in: the one used last here, or what the browser asks for. */
export function preferredLanguage(): Language {
  const stored = localStorage.getItem(remembered)
  const wanted = [stored, ...navigator.languages].map((tag) => tag?.slice(0, 2))
  return languages.find((language) => language === wanted.find((tag) => isLanguage(tag))) ?? 'en'
}

let asked: Language | null = null

/** Loads a language's texts and shows the client in it, unless another one is asked for meanwhile. */
export async function activateLanguage(language: Language): Promise<void> {
  asked = language
  if (i18n.locale === language) return
  const [{ messages }, later] = await Promise.all([load(language), wantsLater ? loadLater(language) : null])
  if (asked !== language) return
  i18n.loadAndActivate({ locale: language, messages: { ...messages, ...later?.messages } })
  localStorage.setItem(remembered, language)
  document.documentElement.lang = language
}

/** Fetches a part together with its texts, which are no part of the first load. */
export async function withLaterTexts<Part>(part: Promise<Part>): Promise<Part> {
  wantsLater = true
  const language = languages.find((known) => known === i18n.locale) ?? 'en'
  const [fetched, { messages }] = await Promise.all([part, loadLater(language)])
  i18n.load(language, messages)
  return fetched
}

function isLanguage(tag: string | undefined): tag is Language {
  return languages.some((language) => language === tag)
}

function load(language: Language) {
  return language === 'fr' ? import('./locales/fr.po') : import('./locales/en.po')
}

function loadLater(language: Language) {
  return language === 'fr' ? import('./locales/later/fr.po') : import('./locales/later/en.po')
}
