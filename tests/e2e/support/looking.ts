/** Looking at a screen as a person would, and as one who does not see it would. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** What appears or moves has done so, and was drawn. */
export function settled(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    await frame()
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
    await frame()
  })
}

/** Nothing is wider than the screen. */
export async function fits(page: Page, screen: string): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const)
  expect.soft(content, `${screen}: the page scrolls sideways`).toBeLessThanOrEqual(window)
}

/** Finds what a person might not see. */
export async function accessible(page: Page, screen: string): Promise<void> {
  // The announcer names pending buttons by their id, for some seconds longer than they are there.
  // There are no frames: all is found in the page itself, and no second one is opened for each screen.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await axe.exclude('[data-live-announcer]').analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
  expect.soft(told, screen).toEqual([])
}
