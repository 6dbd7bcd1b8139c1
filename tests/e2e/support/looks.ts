/** The ways in which every screen is looked at. */
import type { BrowserContextOptions } from '@playwright/test'

import type { Language } from './words'

export const viewports = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 390, height: 844 },
} as const

export interface Look {
  viewport: keyof typeof viewports
  theme: 'light' | 'dark'
  language: Language
}

export function nameOf({ viewport, theme, language }: Look): string {
  return `${viewport}-${theme}-${language}`
}

/** A browser that shows Beep in this way. */
export function contextOf({ viewport, theme, language }: Look): BrowserContextOptions {
  return {
    viewport: viewports[viewport],
    colorScheme: theme,
    locale: language === 'en' ? 'en-GB' : 'fr-FR',
    // Pictures of a movement would differ from one run to the next.
    reducedMotion: 'reduce',
    hasTouch: viewport !== 'desktop',
  }
}
