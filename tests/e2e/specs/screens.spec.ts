import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

import { type Look, nameOf } from '../support/looks'
import { expect, test } from '../support/test'
import { tour } from '../support/tour'

/** All texts are the same parts in another language: French is looked at where there is least and most room. */
const looks: Look[] = [
  { viewport: 'desktop', theme: 'light', language: 'en' },
  { viewport: 'desktop', theme: 'dark', language: 'en' },
  { viewport: 'phone', theme: 'light', language: 'en' },
  { viewport: 'phone', theme: 'dark', language: 'en' },
  { viewport: 'tablet', theme: 'light', language: 'en' },
  { viewport: 'tablet', theme: 'dark', language: 'en' },
  { viewport: 'desktop', theme: 'dark', language: 'fr' },
  { viewport: 'phone', theme: 'light', language: 'fr' },
]

for (const look of looks) {
  test(`every screen is accessible and fits, ${nameOf(look)}`, async ({ browser }) => {
    test.setTimeout(180_000)
    await tour(browser, look, async (page, screen) => {
      await page.screenshot({ path: `../../artefacts/screenshots/${nameOf(look)}/${screen}.png` })
      await fits(page, screen)
      await accessible(page, screen)
    })
  })
}

/** Nothing is wider than the screen. */
async function fits(page: Page, screen: string): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const)
  expect.soft(content, `${screen}: the page scrolls sideways`).toBeLessThanOrEqual(window)
}

/** Finds what a person might not see. */
async function accessible(page: Page, screen: string): Promise<void> {
  // The announcer names pending buttons by their id, for some seconds longer than they are there.
  const { violations } = await new AxeBuilder({ page }).exclude('[data-live-announcer]').analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
  expect.soft(told, screen).toEqual([])
}
