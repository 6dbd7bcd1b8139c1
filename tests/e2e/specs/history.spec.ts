import type { Page } from '@playwright/test'

import { type Account, createServer, general, join, register, send, type Server } from '../support/api'
import { message, messages, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

const amount = 10_000
const atOnce = 32

/** Fills a channel with numbered messages, some of several lines. */
async function fill(author: Account, server: Server): Promise<void> {
  const channel = general(server)
  let next = 1
  async function work(): Promise<void> {
    while (next <= amount) {
      const number = next
      next += 1
      const lines = number % 7 === 0 ? `\n${'and a longer line of text that wraps around, '.repeat(number % 5)}` : ''
      await send(author, server, channel, `message ${number}.${lines}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Scrolls up by a wheel turn and says how far the messages on the screen moved against each other and the wheel. */
async function turnUp(page: Page, distance: number): Promise<void> {
  await page.getByRole('log', { name: 'Messages' }).hover()
  await page.mouse.wheel(0, -distance)
  await page.waitForTimeout(40)
}

/** Where a message on the screen is, in pixels; null when it is not drawn. */
function topOf(page: Page, id: string): Promise<number | null> {
  return page.evaluate((wanted) => {
    const row = document.querySelector(`[data-message="${wanted}"]`)
    return row ? row.getBoundingClientRect().top : null
  }, id)
}

/** A message in the middle of the screen. */
function middleMessage(page: Page): Promise<string> {
  return page.evaluate(() => {
    const row = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('[data-message]')
    return row?.getAttribute('data-message') ?? ''
  })
}

test('history of 10,000 messages loads upward without jumps, and the list stays where the reader is (M6)', async ({ browser }) => {
  test.setTimeout(180_000)
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Archive')
  await join(tom, server)
  await fill(tom, server)
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await expect(messages(page).last()).toBeInViewport()

  // Reads upward; whenever a page is put in above, what is in the middle stays where it is.
  let worst = 0
  for (let step = 0; step < 60; step += 1) {
    await turnUp(page, 500)
    const id = await middleMessage(page)
    const before = await topOf(page, id)
    await page.waitForTimeout(60)
    const after = await topOf(page, id)
    if (before !== null && after !== null) worst = Math.max(worst, Math.abs(after - before))
  }
  expect(worst).toBeLessThanOrEqual(2)

  // Something new comes in at the end: the reader stays, and is told.
  const id = await middleMessage(page)
  const before = await topOf(page, id)
  await send(tom, server, general(server), 'news at the end')
  await expect(page.getByRole('button', { name: 'New messages: 1' })).toBeVisible()
  expect(Math.abs(((await topOf(page, id)) ?? 0) - (before ?? 0))).toBeLessThanOrEqual(2)
  await page.getByRole('button', { name: 'New messages: 1' }).click()
  await expect(message(page, 'news at the end')).toBeInViewport()

  // All the way to the first.
  const list = page.getByRole('log', { name: 'Messages' })
  await expect(async () => {
    await list.evaluate((element) => element.scrollTo({ top: 0 }))
    await expect(page.getByRole('heading', { name: 'Welcome to general' })).toBeVisible({ timeout: 100 })
  }).toPass({ timeout: 90_000, intervals: [20] })
  await expect(messages(page).first()).toContainText('message ')
  const drawn = await messages(page).count()
  expect(drawn).toBeLessThan(200)
})
