import type { Browser, Page } from '@playwright/test'

import { call, createChannel, createServer, general, join, type Message, register, send } from '../support/api'
import { message, messages, pathOf, signedIn, signIn, write } from '../support/browser'
import { expect, test } from '../support/test'

const amount = 400

/** A channel with many numbered messages, all read by Ada; the first is pinned and the last answers the hundredth. */
async function archive(browser: Browser) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Archive')
  const channel = general(await join(tom, server))
  const other = await createChannel(ada, server, { name: 'elsewhere', kind: 'text' })
  const sent: Message[] = []
  for (let number = 1; number < amount; number += 1) sent.push(await send(tom, server, channel, `number ${number}.`))
  sent.push(await send(tom, server, channel, `number ${amount}.`, at(sent, 100).id))
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/pins/${at(sent, 1).id}`)
  const open = async (path = pathOf(server, channel)) => {
    await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
    return signedIn(browser, ada, path)
  }
  const link = (number: number) => `${pathOf(server, channel)}/${at(sent, number).id}`
  return { ada, tom, server, channel, other, sent, open, link }
}

function at(sent: Message[], number: number): Message {
  const found = sent[number - 1]
  if (found === undefined) throw new Error(`no message ${number}`)
  return found
}

function bar(page: Page) {
  return page.getByText('You are looking at older messages')
}

/** Scrolls down until there is nothing more below. */
async function scrollToEnd(page: Page): Promise<void> {
  const list = page.getByRole('log', { name: 'Messages' })
  await expect(async () => {
    await list.hover()
    await page.mouse.wheel(0, 3_000)
    await expect(bar(page)).toBeHidden({ timeout: 100 })
  }).toPass({ intervals: [20] })
}

test('the way to what is answered leads over no more than what is around it, and on to the present', async ({ browser }) => {
  const { tom, server, channel, open } = await archive(browser)
  const page = await open()
  await message(page, `number ${amount}.`).getByRole('button', { name: /Answers/ }).click()
  await expect(message(page, 'number 100.')).toBeInViewport()
  await expect(message(page, 'number 100.')).toBeFocused()
  await expect(bar(page)).toBeVisible()

  // What comes meanwhile belongs to the present.
  await send(tom, server, channel, 'news at the end')
  await expect(page.getByRole('link', { name: 'general, unread' })).toBeVisible()
  await expect(message(page, 'news at the end')).toHaveCount(0)

  // All between is read on the way down, each once and in order.
  const seen = new Set<number>()
  const list = page.getByRole('log', { name: 'Messages' })
  await list.hover()
  await expect(async () => {
    const numbers = (await messages(page).allInnerTexts()).map((text) => Number(/number (\d+)\.$/.exec(text.trim())?.[1] ?? 0))
    const drawn = numbers.filter((number) => number > 0)
    expect(drawn).toEqual(drawn.map((_, index) => (drawn[0] ?? 0) + index))
    for (const number of drawn) seen.add(number)
    await page.mouse.wheel(0, 350)
    await expect(message(page, 'news at the end')).toBeInViewport({ timeout: 20 })
  }).toPass({ intervals: [10], timeout: 40_000 })
  for (let number = 100; number <= amount; number += 1) expect(seen).toContain(number)
  await expect(bar(page)).toBeHidden()
  await expect(page.getByRole('link', { name: 'general', exact: true })).toBeVisible()
})

test('the address of a message leads to it, also anew, and one goes from there to the present', async ({ browser }) => {
  const { ada, tom, server, channel, open, link } = await archive(browser)
  const page = await open(link(50))
  const told: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/read')) told.push(request.url())
  })
  for (const _ of ['the first time', 'after a reload']) {
    await expect(message(page, 'number 50.')).toBeInViewport()
    await expect(bar(page)).toBeVisible()
    await page.reload()
  }
  await expect(message(page, 'number 50.')).toBeInViewport()
  await send(tom, server, channel, `@${ada.username} unread`)
  await expect(page.getByRole('link', { name: 'general, unread, 1 mention' })).toBeVisible()
  expect(told).toEqual([])
  await page.getByRole('button', { name: 'Jump to present' }).click()
  await expect(message(page, 'unread')).toBeInViewport()
  await expect(bar(page)).toBeHidden()
  await expect(page).toHaveURL(pathOf(server, channel))
  await expect(page.getByRole('link', { name: 'general', exact: true })).toBeVisible()
})

test('what is loaded on the way to the present is not taken for new', async ({ browser }) => {
  const { open, link } = await archive(browser)
  // The next page below is loaded ahead, and meets the present.
  const page = await open(link(280))
  await expect(message(page, 'number 280.')).toBeInViewport()
  await expect(bar(page)).toBeHidden()
  await expect(page.getByRole('button', { name: 'Jump to present' })).toBeVisible()
  await expect(page.getByRole('button', { name: /New messages/ })).toBeHidden()
})

test('who comes by the address of an old message has not read the newest', async ({ browser }) => {
  const { ada, tom, server, channel, other, open, link } = await archive(browser)
  const page = await open(pathOf(server, other))
  await send(tom, server, channel, `@${ada.username} unread`)
  await expect(page.getByRole('link', { name: 'general, unread, 1 mention' })).toBeVisible()
  const told: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/read')) told.push(request.url())
  })
  // The page around the message comes late: meanwhile the newest ones are known, and not shown.
  let answer = () => {}
  const late = new Promise<void>((resolve) => {
    answer = resolve
  })
  await page.route(/around=/, async (route) => {
    await late
    await route.continue()
  })
  await page.goto(link(50))
  await expect(page.getByRole('link', { name: 'general, unread, 1 mention' })).toBeVisible()
  await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
  await expect(messages(page)).toHaveCount(0)
  answer()
  await expect(message(page, 'number 50.')).toBeInViewport()
  await expect(bar(page)).toBeVisible()
  await page.getByRole('link', { name: 'elsewhere' }).click()
  await expect(page.getByRole('link', { name: 'general, unread, 1 mention' })).toBeVisible()
  expect(told).toEqual([])
})

test('what one writes at an old place is seen at the present', async ({ browser }) => {
  const { open, link } = await archive(browser)
  const page = await open(link(50))
  await expect(message(page, 'number 50.')).toBeInViewport()
  await message(page, 'number 50.').click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Reply/ }).click()
  await expect(page.getByTestId('reply-strip')).toContainText('number 50.')
  await page.getByRole('button', { name: 'Jump to present' }).click()
  await expect(message(page, `number ${amount}.`)).toBeInViewport()
  // It is not taken for gone though it is far away.
  await expect(page.getByTestId('reply-strip')).toContainText('number 50.')
  await write(page, 'an answer')
  await expect(message(page, 'an answer')).toBeInViewport()
  await expect(bar(page)).toBeHidden()
  await message(page, 'an answer').getByRole('button', { name: /Answers/ }).click()
  await expect(message(page, 'number 50.').first()).toBeInViewport()
  await write(page, 'from far away')
  await expect(message(page, 'from far away')).toBeInViewport()
  await expect(bar(page)).toBeHidden()
})

test('a link in a message opens another channel at its message, and says when there is none', async ({ browser }) => {
  const { ada, tom, server, channel, other, sent, open, link } = await archive(browser)
  const page = await open(pathOf(server, other))
  const origin = new URL(page.url()).origin
  const stranger = await register('Noor', 'Haddad')
  const hidden = await createServer(stranger, 'Elsewhere', 'private')
  await send(ada, server, other, `${origin}${link(30)} is there`)
  await send(ada, server, other, `${origin}${link(31)} is gone`)
  await send(ada, server, other, `${origin}${pathOf(hidden, general(hidden))}/1 is not mine`)
  await call(tom.token, 'DELETE', `/servers/${server.id}/channels/${channel.id}/messages/${at(sent, 31).id}`)

  await message(page, 'is there').getByRole('link').click()
  await expect(page).toHaveURL(link(30))
  await expect(message(page, 'number 30.')).toBeInViewport()
  await expect(bar(page)).toBeVisible()
  await page.goBack()
  await message(page, 'is gone').getByRole('link').click()
  await expect(page.getByText('This message is not there any more, or you may not read it.')).toBeVisible()
  await expect(message(page, `number ${amount}.`)).toBeInViewport()
  await page.goBack()
  await message(page, 'is not mine').getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
})

test('the link of a message is copied from its menu', async ({ browser }) => {
  const { ada, server, channel, sent } = await archive(browser)
  const page = await signedIn(browser, ada, pathOf(server, channel), { permissions: ['clipboard-read', 'clipboard-write'] })
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  await page.getByRole('button', { name: 'Pinned messages' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Go there' }).click()
  await expect(message(page, 'number 1.').first()).toBeInViewport()
  await message(page, 'number 1.').first().click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Copy link/ }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(new URL(copied).pathname).toBe(`${pathOf(server, channel)}/${at(sent, 1).id}`)
  await scrollToEnd(page)
  await expect(messages(page).last()).toBeVisible()
})

test('the first new message is found far above, with what is around it', async ({ browser }) => {
  const { ada, server, channel, sent } = await archive(browser)
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, { message_id: at(sent, 120).id })
  const page = await signedIn(browser, ada, pathOf(server, channel))
  await expect(message(page, `number ${amount}.`)).toBeInViewport()
  await page.getByRole('button', { name: 'Jump to first unread' }).click()
  await expect(message(page, 'number 121.')).toBeInViewport()
  await expect(bar(page)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'New messages' })).toBeVisible()
})

test('who looks at an old place stays there when the session begins anew, and sees what changed meanwhile', async ({ browser }) => {
  const { ada, tom, server, channel, sent, link } = await archive(browser)
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  const page = await (await browser.newContext()).newPage()
  // The server does not know the session any more: what is sent to resume it is answered with a new one.
  let cut = async () => {}
  await page.routeWebSocket(/\/api\/v1\/gateway/, (socket) => {
    const upstream = socket.connectToServer()
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data)) as { op: string }
      upstream.send(frame.op === 'resume' ? JSON.stringify({ op: 'resume', session_id: 'unknown', seq: 1 }) : data)
    })
    upstream.onMessage((data) => socket.send(data))
    cut = () => socket.close({ code: 1001 })
  })
  await signIn(page, ada)
  await page.goto(link(50))
  await expect(message(page, 'number 50.')).toBeInViewport()
  await cut()
  const path = `/servers/${server.id}/channels/${channel.id}/messages`
  await call(tom.token, 'DELETE', `${path}/${at(sent, 51).id}`)
  await call(tom.token, 'PATCH', `${path}/${at(sent, 52).id}`, { content: 'number 52, corrected' })
  for (let number = 1; number <= 60; number += 1) await send(tom, server, channel, `meanwhile ${number}.`)
  await expect(message(page, 'number 52, corrected')).toBeInViewport({ timeout: 40_000 })
  await expect(message(page, 'number 51.')).toHaveCount(0)
  await expect(message(page, 'number 50.')).toBeInViewport()
  await expect(bar(page)).toBeVisible()
  await expect(page.getByRole('link', { name: 'general, unread' })).toBeVisible()
  await page.getByRole('button', { name: 'Jump to present' }).click()
  await expect(message(page, 'meanwhile 60.')).toBeInViewport()
})
