import type { Page } from '@playwright/test'

import { createServer, general, join, register, send } from '../support/api'
import { message, pathOf, signedIn, write } from '../support/browser'
import { viewports } from '../support/looks'
import { site } from '../support/site'
import { expect, test } from '../support/test'

/** Every address outside of Beep that the page asks for. */
function elsewhere(page: Page): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { protocol, port, href } = new URL(request.url())
    if (protocol.startsWith('http') && port !== process.env.BEEP_TEST_PORT) asked.push(href)
  })
  return asked
}

test('a link shows what it leads to, to everyone, from Beep alone, until its author removes it', async ({ browser }) => {
  const gazette = await site('Castles <b>early</b>')
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  // His own, so that he is at the end, where nothing is new to him.
  for (let number = 0; number < 30; number += 1) await send(tom, server, channel, `before ${number}`)
  const page = await signedIn(browser, ada, pathOf(server, channel))
  const other = await signedIn(browser, tom, pathOf(server, channel))
  const asked = elsewhere(other)
  await expect(message(other, 'before 29')).toBeVisible()

  await write(page, `${gazette.url}/page`)
  const card = (where: Page) => where.getByRole('region', { name: 'Preview: Castles <b>early</b>' })
  await expect(card(page)).toBeVisible()
  await expect(card(other)).toBeVisible()
  await expect(card(other).getByText(/^The Gazette · 127\.0\.0\.1:\d+$/)).toBeVisible()
  const title = card(other).getByRole('link')
  await expect(title).toHaveAttribute('href', `${gazette.url}/page`)
  await expect(title).toHaveAttribute('rel', 'noopener noreferrer')
  const picture = card(other).getByRole('presentation')
  await expect(picture).toHaveAttribute('src', /^\/api\/v1\/pictures\//)
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(800)
  // Whoever was at the end still is, with all of the card in sight.
  await expect(picture).toBeInViewport({ ratio: 1 })
  expect(asked).toEqual([])

  // A picture alone is shown as one.
  await write(page, `${gazette.url}/cat.png`)
  await expect(other.getByRole('img', { name: /^Picture from 127\.0\.0\.1:\d+$/ })).toBeVisible()

  // Others cannot remove it, its author can, for all.
  await card(other).hover()
  await expect(other.getByRole('button', { name: 'Remove the previews' })).toHaveCount(0)
  await card(page).hover()
  await card(page).getByRole('button', { name: 'Remove the previews' }).click()
  await expect(card(page)).toHaveCount(0)
  await expect(card(other)).toHaveCount(0)
  await page.reload()
  await expect(message(page, '/page')).toBeVisible()
  await expect(card(page)).toHaveCount(0)
  await gazette.stop()
})

test('a card fits a phone', async ({ browser }) => {
  const gazette = await site(`A title without an end ${'x'.repeat(150)}`)
  const ada = await register('Ada', 'Byron')
  const server = await createServer(ada, 'Chess club')
  const channel = general(server)
  await send(ada, server, channel, `${gazette.url}/page`)
  const page = await signedIn(browser, ada, pathOf(server, channel), { viewport: viewports.phone, hasTouch: true })
  const card = page.getByRole('region', { name: /^Preview: A title without/ })
  await expect(card).toBeVisible()
  const box = await card.boundingBox()
  expect(box && box.x >= 0 && box.x + box.width <= viewports.phone.width).toBe(true)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(overflow).toBe(0)
  await expect(card.getByRole('button', { name: 'Remove the previews' })).toBeVisible()
  await gazette.stop()
})

test('a player is loaded when it is asked for, from its own place, and from no other', async ({ browser }) => {
  const ada = await register('Ada', 'Byron')
  const server = await createServer(ada, 'Chess club')
  const channel = general(server)
  await send(ada, server, channel, 'a song')
  const context = await browser.newContext()
  const page = await context.newPage()
  const player = {
    kind: 'youtube',
    id: 'dQw4w9WgXcQ',
    url: 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
    width: 16,
    height: 9,
  }
  const embed = { url: 'https://youtu.be/dQw4w9WgXcQ', kind: 'video', provider: 'YouTube', title: 'A song', player }
  // As Beep answers that has been told of it: no test asks those whose player it is.
  await page.route(/\/messages(\?|$)/, async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    for (const item of body.items ?? []) item.embeds = [embed]
    await route.fulfill({ response: answer, json: body })
  })
  const referrers: (string | undefined)[] = []
  await page.route('https://www.youtube-nocookie.com/**', async (route) => {
    referrers.push(route.request().headers().referer)
    await route.fulfill({ contentType: 'text/html', body: '<p>it plays</p>' })
  })
  const { email, password } = ada
  await page.request.post('/api/v1/auth/login', { data: { email, password } })
  const asked = elsewhere(page)
  await page.goto(pathOf(server, channel))
  const play = page.getByRole('button', { name: 'Play A song from YouTube' })
  await expect(play).toBeVisible()
  expect(asked).toEqual([])

  const before = await play.boundingBox()
  await play.click()
  const frame = page.locator('iframe')
  await expect(page.frameLocator('iframe').getByText('it plays')).toBeVisible()
  expect(await frame.boundingBox()).toEqual(before)
  // The site, which YouTube asks for, and not the page.
  expect(referrers).toEqual([`${new URL(page.url()).origin}/`])
  await expect(frame).toHaveAttribute('sandbox', 'allow-scripts allow-same-origin allow-popups allow-presentation')
  await expect(frame).toHaveAttribute('src', `${player.url}?autoplay=1`)

  // Whatever a message made the page frame, the browser would not.
  const blocked = await page.evaluate(
    () =>
      new Promise<string>((told) => {
        document.addEventListener('securitypolicyviolation', (event) => told(event.effectiveDirective))
        const other = document.createElement('iframe')
        other.src = 'https://www.youtube.com/embed/dQw4w9WgXcQ'
        document.body.append(other)
      }),
  )
  expect(blocked).toBe('frame-src')
})
