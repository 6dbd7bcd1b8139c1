import type { Browser, Page } from '@playwright/test'

import { call, createServer, general, join, react, register, send } from '../support/api'
import { message, pathOf, signedIn, write } from '../support/browser'
import { viewports } from '../support/looks'
import { expect, test } from '../support/test'

/** An owner and a member in two browsers, in the same channel. */
async function twoPeople(browser: Browser) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  const open = async () => {
    const [left, right] = await Promise.all([
      signedIn(browser, ada, pathOf(server, channel)),
      signedIn(browser, tom, pathOf(server, channel)),
    ])
    for (const page of [left, right]) await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
    return { left, right }
  }
  return { ada, tom, server, channel, open }
}

/** Chooses from the menu of a message. */
async function act(page: Page, text: string, action: string | RegExp): Promise<void> {
  await message(page, text).first().click({ button: 'right' })
  await page.getByRole('menuitem', { name: action }).click()
}

/** Chooses from the picker that is open. */
async function pickThumb(page: Page): Promise<void> {
  const search = page.getByRole('combobox', { name: 'Search emoji' })
  await search.fill('thumbs up')
  await expect(page.getByRole('gridcell', { name: 'thumbs up', exact: true })).toHaveAttribute('aria-selected', 'true')
  await search.press('Enter')
}

test('a reaction is seen by the others at once, is joined by a press and taken back by another', async ({ browser }) => {
  const { ada, server, channel, open } = await twoPeople(browser)
  await send(ada, server, channel, 'Castle early')
  const { left, right } = await open()

  await message(left, 'Castle early').hover()
  await left.getByRole('toolbar', { name: 'Message' }).getByRole('button', { name: 'Add a reaction' }).click()
  await pickThumb(left)
  await expect(message(left, 'Castle early').getByRole('button', { name: '👍, 1 reaction, you reacted' })).toBeVisible()

  const seen = message(right, 'Castle early').getByRole('button', { name: /^👍, / })
  await expect(seen).toHaveAccessibleName('👍, 1 reaction')
  await expect(seen).toHaveAttribute('aria-pressed', 'false')
  await seen.click()
  await expect(seen).toHaveAccessibleName('👍, 2 reactions, you reacted')
  await expect(message(left, 'Castle early').getByRole('button', { name: '👍, 2 reactions, you reacted' })).toBeVisible()

  await seen.click({ button: 'right' })
  const who = right.getByRole('dialog', { name: 'Reacted with 👍' }).getByRole('listitem')
  await expect(who).toHaveCount(2)
  for (const name of ['Ada Byron', 'Tom Bakker']) await expect(who.filter({ hasText: name })).toHaveCount(1)
  await right.keyboard.press('Escape')

  // What was mine stays mine when the page comes anew, and when the text changes.
  await right.reload()
  await expect(seen).toHaveAccessibleName('👍, 2 reactions, you reacted')
  await act(left, 'Castle early', /^Edit/)
  await left.getByRole('textbox', { name: 'Edit message' }).fill('Castle very early')
  await left.keyboard.press('Enter')
  const changed = message(right, 'Castle very early').getByRole('button', { name: /^👍, / })
  await expect(changed).toHaveAccessibleName('👍, 2 reactions, you reacted')

  await changed.click()
  await expect(message(left, 'Castle very early').getByRole('button', { name: '👍, 1 reaction, you reacted' })).toBeVisible()
  await message(left, 'Castle very early').getByRole('button', { name: /^👍, / }).click()
  await expect(changed).toBeHidden()
})

test('a reaction that the server refuses is gone again, and it is said why', async ({ browser }) => {
  const { ada, server, channel, open } = await twoPeople(browser)
  await send(ada, server, channel, 'Castle early')
  const { left, right } = await open()
  await message(left, 'Castle early').hover()
  await left.getByRole('button', { name: 'Add a reaction' }).click()
  await pickThumb(left)

  const seen = message(right, 'Castle early').getByRole('button', { name: /^👍, / })
  await expect(seen).toHaveAccessibleName('👍, 1 reaction')
  const refusal = { status: 403, contentType: 'application/problem+json', body: '{"code":"missing_permission","status":403,"title":""}' }
  await right.route('**/reactions/**', (route) => route.fulfill(refusal))
  await seen.click()
  await expect(right.getByText('You do not have the right to do this.')).toBeVisible()
  await expect(seen).toHaveAccessibleName('👍, 1 reaction')
})

test('an answer quotes its original and leads to it, until that is deleted (M5)', async ({ browser }) => {
  const { ada, tom, server, channel, open } = await twoPeople(browser)
  await send(ada, server, channel, 'Who brings the **boards**?')
  const { left, right } = await open()
  const strip = right.getByText('Reply to Ada Byron')
  const field = right.getByRole('textbox', { name: /^Message to/ })

  // One can think better of it.
  await act(right, 'Who brings', /^Reply/)
  await expect(strip).toBeVisible()
  await expect(field).toBeFocused()
  await right.keyboard.press('Escape')
  await expect(strip).toBeHidden()

  await act(right, 'Who brings', /^Reply/)
  await write(right, 'I bring them')
  await expect(strip).toBeHidden()
  await expect(message(right, 'I bring them').getByRole('button', { name: 'Answers Ada Byron Who brings the boards?' })).toBeVisible()

  const quote = message(left, 'I bring them').getByRole('button', { name: /^Answers/ })
  await expect(quote).toHaveAccessibleName('Answers Ada Byron Who brings the boards?')
  await quote.click()
  await expect(message(left, 'Who brings').first()).toBeFocused()

  // The quote follows its original, and calls whom that names as they are called now.
  await act(left, 'Who brings', /^Edit/)
  await left.getByRole('textbox', { name: 'Edit message' }).fill(`Who brings the clocks, @${tom.username}?`)
  await left.keyboard.press('Enter')
  const answer = message(right, 'I bring them')
  await expect(answer.getByRole('button', { name: 'Answers Ada Byron Who brings the clocks, @Tom Bakker?' })).toBeVisible()
  await right.reload()
  await call(tom.token, 'PATCH', '/users/@me', { last_name: 'Baker' })
  await expect(answer.getByRole('button', { name: 'Answers Ada Byron Who brings the clocks, @Tom Baker?' })).toBeVisible()
  await act(left, 'Who brings', /^Delete/)
  await left.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(answer.getByText('Original message was deleted')).toBeVisible()
  await right.reload()
  await expect(answer.getByText('Original message was deleted')).toBeVisible()
})

test('the way to an original leads far up, through what is not loaded yet', async ({ browser }) => {
  const { ada, tom, server, channel, open } = await twoPeople(browser)
  const first = await send(ada, server, channel, 'The very first question')
  for (let number = 1; number <= 170; number += 1) await send(tom, server, channel, `move ${number}`)
  await send(tom, server, channel, 'A late answer', first.id)
  const { left } = await open()
  await message(left, 'A late answer').getByRole('button', { name: /^Answers Ada Byron/ }).click()
  const original = message(left, 'The very first question').first()
  await expect(original).toBeFocused()
  await expect(original).toBeInViewport()
})

test('a pinned message carries a mark, and is found in the panel, which is live (M4)', async ({ browser }) => {
  const { ada, tom, server, channel, open } = await twoPeople(browser)
  await send(ada, server, channel, 'The rules of the house')
  for (let number = 1; number <= 40; number += 1) await send(tom, server, channel, `move ${number}`)
  await send(ada, server, channel, 'Tournament on Friday')
  // Nothing is unread, so that the channel opens at its end.
  for (const person of [ada, tom]) {
    await call(person.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  }
  const { left, right } = await open()

  await right.getByRole('button', { name: 'Pinned messages' }).click()
  const panel = right.getByRole('dialog', { name: 'Pinned messages' })
  await expect(panel.getByText('Nothing is pinned here')).toBeVisible()

  await act(left, 'Tournament on Friday', /^Pin/)
  await expect(message(left, 'Tournament on Friday').getByRole('img', { name: 'Pinned' })).toBeVisible()
  await expect(panel.getByRole('listitem')).toHaveText([/Tournament on Friday.*Pinned by Ada Byron/])
  // A member without the right only looks.
  await expect(panel.getByRole('button', { name: 'Unpin' })).toBeHidden()

  const log = left.getByRole('log', { name: 'Messages' })
  await log.hover()
  await expect(async () => {
    await left.mouse.wheel(0, -2_000)
    await expect(message(left, 'The rules of the house')).toBeInViewport({ timeout: 500 })
  }).toPass()
  await act(left, 'The rules of the house', /^Pin/)
  await expect(panel.getByRole('listitem')).toHaveText([/The rules of the house/, /Tournament on Friday/])
  await panel.getByRole('listitem').filter({ hasText: 'The rules' }).getByRole('button', { name: 'Go there' }).click()
  await expect(panel).toBeHidden()
  await expect(message(right, 'The rules of the house')).toBeInViewport()
  await expect(message(right, 'The rules of the house').getByRole('img', { name: 'Pinned' })).toBeVisible()

  await left.getByRole('button', { name: 'Pinned messages' }).click()
  const own = left.getByRole('dialog', { name: 'Pinned messages' })
  await own.getByRole('listitem').filter({ hasText: 'The rules' }).getByRole('button', { name: 'Unpin' }).click()
  await expect(own.getByRole('listitem')).toHaveText([/Tournament on Friday/])
  await expect(message(right, 'The rules of the house').getByRole('img', { name: 'Pinned' })).toBeHidden()
})

test('on a phone, a finger that rests on a reaction asks who it was', async ({ browser }) => {
  const { ada, server, channel } = await twoPeople(browser)
  const sent = await send(ada, server, channel, 'Castle early')
  await react(ada, server, channel, sent, '🎉')
  const page = await signedIn(browser, ada, pathOf(server, channel), {
    viewport: viewports.phone,
    hasTouch: true,
    isMobile: true,
  })
  const chip = page.getByRole('button', { name: '🎉, 1 reaction, you reacted' })
  await expect(chip).toBeVisible()
  const box = await chip.boundingBox()
  if (!box) throw new Error('the reaction is not to be seen')
  const touch = await page.context().newCDPSession(page)
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  const dialog = page.getByRole('dialog', { name: 'Reacted with 🎉' })
  await expect(dialog.getByRole('listitem')).toHaveText([/Ada Byron/])
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await dialog.getByRole('button', { name: 'Close' }).tap()
  // It was a question, no press.
  await expect(chip).toBeVisible()
  await chip.tap()
  await expect(chip).toBeHidden()
})
