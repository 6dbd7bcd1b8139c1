import { accessible, fits, settled } from '../support/looking'
import { type Look, nameOf } from '../support/looks'
import { test } from '../support/test'
import { tour } from '../support/tour'

const viewports = ['desktop', 'tablet', 'phone'] as const
const themes = ['light', 'dark'] as const
const languages = ['en', 'fr'] as const

/** Every way to look at Beep, for a person who wants to see them all: `BEEP_TEST_LOOKS=all`. */
const all: Look[] = viewports.flatMap((viewport) =>
  themes.flatMap((theme) => languages.map((language) => ({ viewport, theme, language }))),
)

/** Both themes and both languages, each where there is most room and where there is least. */
const few: Look[] = [
  { viewport: 'desktop', theme: 'light', language: 'en' },
  { viewport: 'desktop', theme: 'dark', language: 'fr' },
  { viewport: 'phone', theme: 'dark', language: 'en' },
  { viewport: 'phone', theme: 'light', language: 'fr' },
  { viewport: 'tablet', theme: 'light', language: 'en' },
]

const looks = process.env.BEEP_TEST_LOOKS === 'all' ? all : few

for (const look of looks) {
  test(`every screen fits and is accessible, ${nameOf(look)}`, async ({ browser }) => {
    // Some hundred screens: on a slow machine three minutes.
    test.setTimeout(400_000)
    await tour(browser, look, async (page, screen) => {
      await settled(page)
      await fits(page, screen)
      // A tablet shows the parts of a desk, and French is the same in other words: both were looked at already.
      if (looks === all || (look.viewport !== 'tablet' && look.language === 'en')) await accessible(page, screen)
      await page.screenshot({ path: `../../artefacts/screenshots/${nameOf(look)}/${screen}.png` })
    })
  })
}
