import type { Browser, Page } from '@playwright/test'

import { call, createChannel, createServer, general, join, register, send } from '../support/api'
import { choose, message, messages, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

/** Ada and Tom in a server with a second channel, where Ada is while Tom writes in the first. */
async function elsewhere(browser: Browser) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Reading room')
  const other = await createChannel(ada, server, { name: 'quiet', kind: 'text' })
  const channel = general(await join(tom, server))
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  const page = await signedIn(browser, ada, pathOf(server, other))
  await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
  await expect(link(page, 'general')).toBeVisible()
  return { ada, tom, server, channel, other, page }
}

function link(page: Page, name: string) {
  return page.getByRole('navigation', { name: 'Channels' }).getByRole('link', { name, exact: true })
}

/** The line before the first new message, and what is written right after it. */
function firstNew(page: Page) {
  return page.locator('h2', { hasText: 'New messages' }).locator('xpath=following-sibling::article[1]')
}

test('an unread channel is bold, counts mentions, and stays so after a reload', async ({ browser }) => {
  const { ada, tom, server, channel, page } = await elsewhere(browser)
  await expect(page).toHaveTitle('quiet · Beep')
  await expect(link(page, 'general')).toHaveCSS('font-weight', '400')
  await send(tom, server, channel, 'Anybody here?')
  await expect(link(page, 'general, unread')).toHaveCSS('font-weight', '650')
  await send(tom, server, channel, `@${ada.username} look`)
  await expect(link(page, 'general, unread, 1 mention')).toHaveText(/general\s*1$/)
  await send(tom, server, channel, `@${ada.username} again`)
  for (const _ of ['live', 'after a reload']) {
    await expect(link(page, 'general, unread, 2 mentions')).toBeVisible()
    const rail = page.getByRole('navigation', { name: 'Servers' })
    await expect(rail.getByRole('link', { name: 'Reading room, unread, 2 mentions' })).toBeVisible()
    await expect(page).toHaveTitle('(2) quiet · Beep')
    await page.reload()
  }
})

test('new messages begin after a line, and are read once they have been seen', async ({ browser }) => {
  const { ada, tom, server, channel, page } = await elsewhere(browser)
  await send(tom, server, channel, 'Old news')
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  await expect(link(page, 'general')).toBeVisible()
  await send(tom, server, channel, `@${ada.username} the first new one`)
  await send(tom, server, channel, 'the second new one')
  await link(page, 'general, unread, 1 mention').click()
  await expect(firstNew(page)).toContainText('the first new one')
  await expect(link(page, 'general')).toBeVisible()
  await expect(page).toHaveTitle('general · Beep')
  // It stays where it is while one reads on.
  await send(tom, server, channel, 'the third new one')
  await expect(message(page, 'the third new one')).toBeVisible()
  await expect(firstNew(page)).toContainText('the first new one')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { name: 'New messages' })).toHaveCount(0)
  await link(page, 'quiet').click()
  await page.reload()
  await expect(link(page, 'general')).toBeVisible()
})

test('one begins at the first new message, or finds the way to it', async ({ browser }) => {
  const { tom, server, channel, page } = await elsewhere(browser)
  for (let number = 1; number <= 40; number += 1) await send(tom, server, channel, `number ${number}.`)
  await link(page, 'general, unread').click()
  await expect(message(page, 'number 1.')).toBeInViewport()
  await expect(message(page, 'number 40.')).not.toBeInViewport()
  await expect(link(page, 'general, unread')).toBeVisible()
  await page.getByRole('button', { name: 'Jump to present' }).click()
  await expect(message(page, 'number 40.')).toBeInViewport()
  await expect(link(page, 'general')).toBeVisible()

  await link(page, 'quiet').click()
  for (let number = 41; number <= 130; number += 1) await send(tom, server, channel, `number ${number}.`)
  // What is remembered of the channel does not reach back so far in another window.
  await page.reload()
  await link(page, 'general, unread').click()
  await expect(message(page, 'number 130.')).toBeInViewport()
  await page.getByRole('button', { name: 'Jump to first unread' }).click()
  await expect(message(page, 'number 41.')).toBeInViewport()
  await expect(firstNew(page)).toContainText('number 41.')
  await expect(page.getByRole('button', { name: 'Jump to first unread' })).toHaveCount(0)
})

test('what is read on one device is read on the other', async ({ browser }) => {
  const { ada, tom, server, channel, other, page } = await elsewhere(browser)
  const phone = await signedIn(browser, ada, `/channels/${server.id}`, { viewport: { width: 390, height: 800 } })
  await expect(link(phone, 'general')).toBeVisible()
  await send(tom, server, channel, `@${ada.username} are you there?`)
  for (const device of [page, phone]) await expect(link(device, 'general, unread, 1 mention')).toBeVisible()
  await link(phone, 'general, unread, 1 mention').click()
  await expect(firstNew(phone)).toContainText('are you there?')
  await expect(link(page, 'general')).toBeVisible()
  await expect(page).toHaveTitle('quiet · Beep')

  // What I write myself is unread nowhere, now or later.
  await phone.getByRole('textbox', { name: /^Message to/ }).fill('I am')
  const told = phone.waitForResponse((answer) => answer.url().endsWith('/read') && answer.ok())
  await phone.getByRole('textbox', { name: /^Message to/ }).press('Enter')
  await expect(message(phone, 'I am')).toBeVisible()
  await told
  await page.goto(pathOf(server, other))
  await expect(link(page, 'general')).toBeVisible()
})

test('a closed folder sums up what is in it, and menus mark as read', async ({ browser }) => {
  const { ada, tom, server, channel, page } = await elsewhere(browser)
  const folder = await createChannel(ada, server, { name: 'Shelf', kind: 'folder' })
  const inside = await createChannel(ada, server, { name: 'inside', kind: 'text', parent_id: folder.id })
  await send(tom, server, inside, `@${ada.username} in here`)
  await expect(link(page, 'inside, unread, 1 mention')).toBeVisible()
  await page.getByRole('button', { name: 'Shelf', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Shelf, unread, 1 mention' })).toBeVisible()
  await page.getByRole('button', { name: 'Shelf, unread, 1 mention' }).hover()
  await choose(page, 'Options of Shelf', 'Mark as read')
  await expect(page.getByRole('button', { name: 'Shelf', exact: true })).toBeVisible()

  await send(tom, server, channel, 'one')
  await link(page, 'general, unread').click({ button: 'right' })
  const told = page.waitForResponse((answer) => answer.url().endsWith('/read') && answer.ok())
  await page.getByRole('menuitem', { name: 'Mark as read' }).click()
  await expect(link(page, 'general')).toBeVisible()
  await told

  await send(tom, server, channel, 'two')
  await expect(link(page, 'general, unread')).toBeVisible()
  await choose(page, /server menu/, 'Mark as read')
  await expect(link(page, 'general')).toBeVisible()
  await page.reload()
  await expect(link(page, 'general')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Shelf', exact: true })).toBeVisible()
})

test('Alt+Shift+↓ goes to the next unread channel', async ({ browser }) => {
  const { ada, tom, server, page } = await elsewhere(browser)
  await createChannel(ada, server, { name: 'between', kind: 'text' })
  const last = await createChannel(ada, server, { name: 'last', kind: 'text' })
  await send(tom, server, last, 'down here')
  await expect(link(page, 'last, unread')).toBeVisible()
  await page.keyboard.press('Alt+Shift+ArrowDown')
  await expect(page).toHaveURL(pathOf(server, last))
  await expect(messages(page)).toHaveText([/down here/])
})

test('what is not looked at stays unread', async ({ browser }) => {
  const { tom, server, channel, page } = await elsewhere(browser)
  await page.evaluate(() => {
    document.hasFocus = () => false
    window.dispatchEvent(new Event('blur'))
  })
  await link(page, 'general').click()
  await send(tom, server, channel, 'behind your back')
  await expect(message(page, 'behind your back')).toBeVisible()
  await expect(link(page, 'general, unread')).toBeVisible()
  await page.evaluate(() => {
    document.hasFocus = () => true
    window.dispatchEvent(new Event('focus'))
  })
  await expect(firstNew(page)).toContainText('behind your back')
  await expect(link(page, 'general')).toBeVisible()
})
