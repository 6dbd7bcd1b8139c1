import type { Browser } from '@playwright/test'

import { createServer, general, history, join, register, send } from '../support/api'
import { message, messages, pathOf, signedIn, signIn, write } from '../support/browser'
import { expect, test } from '../support/test'

/** Two people in two browsers, in the same channel. */
async function twoPeople(browser: Browser) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  const [left, right] = await Promise.all([
    signedIn(browser, ada, pathOf(server, channel)),
    signedIn(browser, tom, pathOf(server, channel)),
  ])
  await expect(left.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
  await expect(right.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
  return { ada, tom, server, channel, left, right }
}

test('two people write to each other in real time (M1)', async ({ browser }) => {
  const { left, right } = await twoPeople(browser)
  await write(left, 'Hello **Tom**, `e4`?')
  await expect(message(right, 'Hello Tom, e4?')).toBeVisible()
  await expect(message(right, 'Hello').locator('strong')).toHaveText('Tom')
  await expect(message(right, 'Hello').locator('code')).toHaveText('e4')
  await write(right, 'e5')
  await write(right, 'Your turn')
  await expect(messages(left)).toHaveText([/Ada Byron.*Hello/, /Tom Bakker.*e5/, /^\d\d:\d\dYour turn$/])
  await expect(left.getByRole('heading', { name: 'Today' })).toBeVisible()
  await expect(left.locator('[data-pending]')).toHaveCount(0)
})

test('Shift+Enter breaks the line, and nothing empty is sent', async ({ browser }) => {
  const { left, server, channel, ada } = await twoPeople(browser)
  const field = left.getByRole('textbox', { name: /^Message to/ })
  await field.press('Enter')
  await field.fill('   ')
  await field.press('Enter')
  await field.fill('one')
  await field.press('Shift+Enter')
  await field.pressSequentially('two')
  await field.press('Enter')
  await expect(message(left, 'one')).toBeVisible()
  await expect.poll(async () => (await history(ada, server, channel)).map(({ content }) => content)).toEqual(['one\ntwo'])
})

test('one edits and deletes what one wrote; the other sees it at once (M2, M3)', async ({ browser }) => {
  const { left, right } = await twoPeople(browser)
  await write(left, 'Knight to f3')
  await expect(message(right, 'Knight to f3')).toBeVisible()

  await left.getByRole('textbox', { name: /^Message to/ }).press('ArrowUp')
  const editor = left.getByRole('textbox', { name: 'Edit message' })
  await expect(editor).toBeFocused()
  await editor.fill('Knight to c3')
  await editor.press('Enter')
  await expect(message(right, 'Knight to c3')).toContainText('edited')
  await expect(message(right, 'Knight to f3')).toHaveCount(0)

  await message(right, 'Knight to c3').hover()
  await expect(right.getByRole('button', { name: 'Copy text' })).toBeVisible()
  await expect(right.getByRole('button', { name: 'Edit' })).toHaveCount(0)
  await expect(right.getByRole('button', { name: 'Delete' })).toHaveCount(0)

  await message(left, 'Knight to c3').hover()
  await left.getByRole('button', { name: 'Delete' }).click()
  const dialog = left.getByRole('alertdialog')
  await expect(dialog).toContainText('Knight to c3')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(message(left, 'Knight to c3')).toHaveCount(0)
  await expect(message(right, 'Knight to c3')).toHaveCount(0)
})

test('the owner deletes what somebody else wrote', async ({ browser }) => {
  const { left, right } = await twoPeople(browser)
  await write(right, 'Buy cheap trophies')
  await message(left, 'Buy cheap trophies').click({ button: 'right' })
  await expect(left.getByRole('menuitem', { name: 'Edit' })).toHaveCount(0)
  await left.getByRole('menuitem', { name: 'Delete' }).click()
  await left.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(message(right, 'Buy cheap trophies')).toHaveCount(0)
})

test('a message that the server refuses is kept, with retry; sent again it is there once', async ({ browser }) => {
  const { left, server, channel, ada } = await twoPeople(browser)
  await left.route(/\/messages$/, (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'about:blank', title: 'No', status: 403, code: 'missing_permission' }),
        })
      : route.continue(),
  )
  await write(left, 'Is anybody there?')
  await expect(left.getByRole('alert').filter({ hasText: 'Not sent.' })).toBeVisible()
  await expect(left.getByRole('button', { name: 'Copy', exact: true })).toBeVisible()
  await left.unroute(/\/messages$/)
  await left.getByRole('button', { name: 'Retry' }).click()
  await expect(left.getByText('Not sent.')).toHaveCount(0)
  await expect(left.locator('[data-pending]')).toHaveCount(0)
  await expect(message(left, 'Is anybody there?')).toHaveCount(1)
  expect(await history(ada, server, channel)).toHaveLength(1)
})

test('an answer that is lost on the way does not double the message', async ({ browser }) => {
  const { left, right, server, channel, ada } = await twoPeople(browser)
  let lost = 0
  await left.route(/\/messages$/, async (route) => {
    if (route.request().method() !== 'POST' || lost >= 2) return route.continue()
    lost += 1
    // It arrives at the server; its answer does not arrive here.
    await route.fetch()
    await route.abort('connectionreset')
  })
  await write(left, 'Once and only once')
  await expect(message(right, 'Once and only once')).toHaveCount(1)
  await expect(left.locator('[data-pending]')).toHaveCount(0)
  await expect(message(left, 'Once and only once')).toHaveCount(1)
  expect(await history(ada, server, channel)).toHaveLength(1)
})

test('a text that is too long says so and loses nothing', async ({ browser }) => {
  const { left } = await twoPeople(browser)
  const field = left.getByRole('textbox', { name: /^Message to/ })
  const text = 'x'.repeat(4_001)
  await field.fill(text)
  await expect(left.getByRole('status', { name: 'Characters left: -1' })).toBeVisible()
  await field.press('Enter')
  await expect(field).toHaveValue(text)
  await expect(left.getByRole('button', { name: 'Send' })).toBeDisabled()
})

test('a draft is there again after a reload', async ({ browser }) => {
  const { left } = await twoPeople(browser)
  await left.getByRole('textbox', { name: /^Message to/ }).fill('To be continued')
  await left.reload()
  await expect(left.getByRole('textbox', { name: /^Message to/ })).toHaveValue('To be continued')
})

test('a draft is not shown to who signs in next in the same browser', async ({ browser }) => {
  const { left, ada, tom, server, channel } = await twoPeople(browser)
  const field = left.getByRole('textbox', { name: /^Message to/ })
  // Whoever is signed in when it is told is whose draft it is.
  const told = left.waitForResponse((answer) => answer.url().endsWith('/draft'))
  await field.fill('Dear Tom')
  await told
  for (const [reader, draft] of [
    [tom, ''],
    [ada, 'Dear Tom'],
  ] as const) {
    await signIn(left, reader)
    await left.goto(pathOf(server, channel))
    await expect(left.getByRole('button', { name: `${reader.displayName} Online` })).toBeVisible()
    await expect(field).toHaveValue(draft)
  }
})

test('nothing in a message becomes HTML or script', async ({ browser }) => {
  const { left, right, tom, server, channel } = await twoPeople(browser)
  await send(tom, server, channel, '<img src=x onerror="document.title=1"> [click](javascript:alert(1)) <b>bold</b>')
  await expect(message(left, '<b>bold</b>')).toBeVisible()
  await expect(messages(right).locator('img[src="x"], b, a[href^="javascript"]')).toHaveCount(0)
})
