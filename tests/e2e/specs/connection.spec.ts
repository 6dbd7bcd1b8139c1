import { call, createServer, general, history, join, register, send } from '../support/api'
import { message, messages, pathOf, signedIn, signIn, write } from '../support/browser'
import { cuttableLine } from '../support/gateway'
import { expect, test } from '../support/test'

test('a dropped connection is shown and repaired without losing or doubling a message', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  const kept = await send(tom, server, channel, 'before')
  const page = await (await browser.newContext()).newPage()
  const line = await cuttableLine(page)
  await signIn(page, ada)
  await page.goto(pathOf(server, channel))
  await expect(message(page, 'before')).toBeVisible()

  await line.cut()
  // Nothing goes out either.
  await page.route('**/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  // While it is gone: new ones, a changed one, and one of my own.
  for (const text of ['first', 'second', 'third']) await send(tom, server, channel, text)
  const path = `/servers/${server.id}/channels/${channel.id}/messages/${kept.id}`
  await call(tom.token, 'PATCH', path, { content: 'before, changed' })
  await expect(page.getByText('Connection lost.')).toBeVisible()
  await write(page, 'written in the dark')
  await expect(page.locator('[data-pending]')).toHaveCount(1)
  await page.unroute('**/messages')
  line.repair()

  await expect(page.getByText('Connection lost.')).toBeHidden({ timeout: 40_000 })
  await expect(message(page, 'before, changed')).toBeVisible()
  await expect(page.locator('[data-pending]')).toHaveCount(0)
  const shown = await messages(page).allInnerTexts()
  for (const text of ['first', 'second', 'third', 'written in the dark']) {
    expect(shown.filter((entry) => entry.includes(text))).toHaveLength(1)
  }
  expect(await history(ada, server, channel)).toHaveLength(5)
})

test('a page that lost its gateway session fills the gap from the history', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  const gone = await send(tom, server, channel, 'soon gone')
  const page = await (await browser.newContext()).newPage()
  // The server does not know the session any more: what is sent to resume it is answered with a new one.
  let connections = 0
  let cut = async () => {}
  await page.routeWebSocket(/\/api\/v1\/gateway/, (socket) => {
    connections += 1
    const upstream = socket.connectToServer()
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data)) as { op: string }
      upstream.send(frame.op === 'resume' ? JSON.stringify({ op: 'resume', session_id: 'unknown', seq: 1 }) : data)
    })
    upstream.onMessage((data) => socket.send(data))
    cut = () => socket.close({ code: 1001 })
  })
  await signIn(page, ada)
  await page.goto(pathOf(server, channel))
  await expect(message(page, 'soon gone')).toBeVisible()
  await cut()
  await call(tom.token, 'DELETE', `/servers/${server.id}/channels/${channel.id}/messages/${gone.id}`)
  for (let index = 1; index <= 120; index += 1) await send(tom, server, channel, `move ${index}.`)
  await expect(message(page, 'move 120.')).toBeVisible({ timeout: 40_000 })
  await expect(message(page, 'soon gone')).toHaveCount(0)
  expect(connections).toBeGreaterThan(1)
})

test('a channel whose only message goes stays at its end when others come', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  const gone = await send(tom, server, channel, 'soon gone')
  const page = await (await browser.newContext()).newPage()
  await signIn(page, ada)
  await page.goto(pathOf(server, channel))
  await expect(message(page, 'soon gone')).toBeVisible()
  await call(tom.token, 'DELETE', `/servers/${server.id}/channels/${channel.id}/messages/${gone.id}`)
  await expect(message(page, 'soon gone')).toHaveCount(0)
  for (let index = 1; index <= 60; index += 1) await send(tom, server, channel, `move ${index}.`)
  await expect(message(page, 'move 60.')).toBeInViewport()
})

test('somebody who comes back the next day is still signed in, or asked to sign in', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada)
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  // The access token is gone, as after its time: the refresh token brings a new one.
  const cookies = await page.context().cookies()
  await page.context().clearCookies({ name: 'beep_access' })
  await page.reload()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  expect(cookies.some((cookie) => cookie.name === 'beep_access' && cookie.httpOnly)).toBe(true)
  await page.context().clearCookies()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})
