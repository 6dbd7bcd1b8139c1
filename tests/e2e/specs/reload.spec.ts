import { createServer, general, history, register } from '../support/api'
import { choose as chooseFrom, message, messages, pathOf, signedIn, signIn, write } from '../support/browser'
import { binary, choose, tray } from '../support/files'
import { cuttableLine } from '../support/gateway'
import { expect, test } from '../support/test'

const mebibyte = 1024 * 1024

test('what waits to be sent outlives a reload of the page, and is there once', async ({ browser }) => {
  const ada = await register('Ada', 'Byron')
  const server = await createServer(ada, 'Chess club')
  const channel = general(server)
  const page = await (await browser.newContext()).newPage()
  const line = await cuttableLine(page)
  await signIn(page, ada)
  await page.goto(pathOf(server, channel))
  await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
  await line.cut()
  let isFirst = true
  await page.route('**/messages', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    // Of the first the answer is lost, the second does not get there.
    if (isFirst) await route.fetch()
    isFirst = false
    await route.abort()
  })
  await write(page, 'Arrived unheard')
  await expect.poll(async () => (await history(ada, server, channel)).length).toBe(1)
  await write(page, 'Never arrived')
  await expect(page.locator('[data-pending]')).toHaveCount(2)

  line.repair()
  await page.reload()
  await expect(message(page, 'Never arrived')).toBeVisible()
  await page.unroute('**/messages')
  await expect(page.locator('[data-pending]')).toHaveCount(0, { timeout: 20_000 })
  await expect(messages(page)).toHaveCount(2)
  const sent = await history(ada, server, channel)
  expect(sent.map(({ content }) => content).sort()).toEqual(['Arrived unheard', 'Never arrived'])
  await page.reload()
  await expect(messages(page)).toHaveCount(2)
})

test('a message whose file is being uploaded outlives a reload of the page', async ({ browser }) => {
  const ada = await register('Ada', 'Byron')
  const server = await createServer(ada, 'Chess club')
  const channel = general(server)
  const page = await signedIn(browser, ada, pathOf(server, channel))
  let isHeld = true
  await page.route('**/attachments/*', (route) =>
    isHeld && route.request().method() === 'PATCH' ? route.abort() : route.continue(),
  )
  await choose(page, [binary('games.bin', mebibyte)])
  await write(page, 'All our games')
  await expect(page.locator('[data-pending]')).toHaveCount(1)

  await page.reload()
  await expect(message(page, 'All our games').getByRole('progressbar', { name: 'Upload' })).toBeVisible()
  await expect(tray(page)).toHaveCount(0)
  isHeld = false
  await expect(message(page, 'All our games').getByRole('link', { name: 'Download games.bin' })).toBeVisible({
    timeout: 20_000,
  })
  await expect(page.locator('[data-pending]')).toHaveCount(0)
  expect(await history(ada, server, channel)).toHaveLength(1)
})

test('whoever signs out leaves nothing of what they wrote in the browser', async ({ browser }) => {
  const ada = await register('Ada', 'Byron')
  const server = await createServer(ada, 'Chess club')
  const channel = general(server)
  const page = await signedIn(browser, ada, pathOf(server, channel))
  await page.route('**/messages', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  )
  await write(page, 'On its way')
  await page.getByRole('textbox', { name: /^Message to/ }).fill('Begun')
  const kept = () =>
    page.evaluate(() => JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]))
  await expect.poll(kept).toMatch(/On its way.*Begun|Begun.*On its way/)
  await chooseFrom(page, /Ada Byron.*status and account/, 'Sign out')
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  expect(await kept()).not.toMatch(/On its way|Begun/)
})
