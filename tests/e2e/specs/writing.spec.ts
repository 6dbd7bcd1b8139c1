import type { Browser, BrowserContextOptions, Page } from '@playwright/test'

import { createChannel, createRole, createServer, general, history, join, register, send } from '../support/api'
import { message, messages, pathOf, signedIn } from '../support/browser'
import { viewports } from '../support/looks'
import { expect, test } from '../support/test'

/** Somebody who owns a server with one other member, in its channel. */
async function writer(browser: Browser, options: BrowserContextOptions = {}) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const channel = general(server)
  const openings = await createChannel(ada, server, { name: 'openings', kind: 'text' })
  const role = await createRole(ada, server, { name: 'Club board', color: '#c4213d' })
  const page = await signedIn(browser, ada, pathOf(server, channel), options)
  const field = page.getByLabel('Message to general')
  await expect(field).toBeVisible()
  return { ada, tom, server, channel, openings, role, page, field }
}

function options(page: Page) {
  return page.getByRole('listbox').getByRole('option')
}

test('names are completed by keyboard, and Enter sends only without a list (M9, M10)', async ({ browser }) => {
  const { ada, tom, server, channel, page, field } = await writer(browser)
  await field.pressSequentially('Hello @')
  await expect(options(page)).toHaveText([/Ada Byron/, /Tom Bakker/, /Club board/, /everyone/])
  await expect(page.getByRole('combobox', { name: 'Message to general' })).toHaveAttribute('aria-expanded', 'true')
  const active = page.getByRole('option', { selected: true })
  await expect(active).toHaveText(/Ada Byron/)
  await field.press('ArrowDown')
  await expect(active).toHaveText(/Tom Bakker/)
  await field.press('ArrowUp')
  await field.press('ArrowUp')
  await expect(active).toHaveText(/everyone/)
  await field.pressSequentially('tom')
  await expect(options(page)).toHaveText([/Tom Bakker/])
  await field.press('Enter')
  await expect(field).toHaveValue(`Hello @${tom.username} `)
  await expect(page.getByRole('listbox')).toHaveCount(0)
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeFocused()

  await field.pressSequentially('and @club b')
  await expect(options(page)).toHaveText([/Club board/])
  await field.press('Tab')
  await field.pressSequentially('in #op')
  await expect(options(page)).toHaveText(['openings'])
  await field.press('Enter')
  const text = `Hello @${tom.username} and @Club board in #openings `
  await expect(field).toHaveValue(text)
  // As if it had been typed.
  await field.press('Control+z')
  await expect(field).not.toHaveValue(text)
  await field.press('Control+Shift+z')
  await expect(field).toHaveValue(text)
  expect(await history(ada, server, channel)).toEqual([])

  await field.pressSequentially('@to')
  await expect(options(page)).toHaveCount(1)
  await field.press('Escape')
  await expect(page.getByRole('listbox')).toHaveCount(0)
  await field.press('Enter')
  await expect(field).toHaveValue('')
  await expect.poll(async () => (await history(ada, server, channel)).map(({ content }) => content)).toEqual([`${text}@to`])
})

test('a list is used by mouse, and the field keeps the focus', async ({ browser }) => {
  const { page, field } = await writer(browser)
  await field.pressSequentially('@')
  await options(page).filter({ hasText: 'Club board' }).click()
  await expect(field).toHaveValue('@Club board ')
  await expect(field).toBeFocused()
})

test('on a phone, members who are not known there are found, by touch', async ({ browser }) => {
  const { tom, page, field } = await writer(browser, { viewport: viewports.phone, hasTouch: true, isMobile: true })
  await field.tap()
  await field.pressSequentially('@bak')
  await options(page).filter({ hasText: 'Tom Bakker' }).tap()
  await expect(field).toHaveValue(`@${tom.username} `)
  await expect(field).toBeFocused()
})

test('whoever may not notify everyone is not offered it', async ({ browser }) => {
  const { tom, server, channel } = await writer(browser)
  const page = await signedIn(browser, tom, pathOf(server, channel))
  await page.getByLabel('Message to general').pressSequentially('@')
  await expect(options(page)).toHaveText([/Ada Byron/, /Tom Bakker/])
})

test('names are completed in the editor of a message, too', async ({ browser }) => {
  const { ada, tom, server, channel, page, field } = await writer(browser)
  await send(ada, server, channel, 'Good move, ')
  await expect(messages(page)).toHaveCount(1)
  await field.press('ArrowUp')
  const editor = page.getByLabel('Edit message')
  await editor.pressSequentially(' @to')
  await expect(options(page)).toHaveText([/Tom Bakker/])
  // Escape closes the list, and only then the editor.
  await editor.press('Escape')
  await expect(page.getByRole('listbox')).toHaveCount(0)
  await editor.press('m')
  await editor.press('Backspace')
  await editor.press('Backspace')
  await editor.press('Backspace')
  await editor.press('Backspace')
  await editor.pressSequentially('@to')
  await editor.press('Enter')
  await expect(editor).toHaveValue(`Good move, @${tom.username} `)
  await editor.press('Enter')
  await expect(message(page, 'Good move, @Tom Bakker')).toContainText('edited')
})

test('what an input method composes is left alone', async ({ browser }) => {
  const { page, field } = await writer(browser)
  await field.fill('ni')
  for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
    await field.evaluate((element, how) => {
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...how }))
    }, init)
  }
  await expect(field).toHaveValue('ni')
  await expect(messages(page)).toHaveCount(0)
})

test('emoji are completed, and chosen from the picker by keyboard', async ({ browser }) => {
  const { ada, server, channel, page, field } = await writer(browser)
  await field.pressSequentially(':t')
  await expect(page.getByRole('listbox')).toHaveCount(0)
  await field.pressSequentially('ada')
  await expect(options(page).first()).toHaveText(/🎉/)
  await field.press('Enter')
  await expect(field).toHaveValue('🎉')
  // A name that is typed to its end is the emoji; what is no name stays as it is.
  await field.pressSequentially(' :rocket')
  await expect(options(page).first()).toHaveText(/🚀/)
  await field.pressSequentially(': :tad')
  await expect(options(page).first()).toBeVisible()
  await field.pressSequentially(':')
  await expect(field).toHaveValue('🎉 🚀 :tad:')
  await field.fill('')
  await field.pressSequentially(':tada')
  await expect(options(page).first()).toHaveText(/🎉/)
  await field.pressSequentially(':')
  await expect(field).toHaveValue('🎉')

  const button = page.getByRole('button', { name: 'Choose an emoji' })
  await button.focus()
  await page.keyboard.press('Enter')
  const search = page.getByRole('combobox', { name: 'Search emoji' })
  await expect(search).toBeFocused()
  await expect(page.getByRole('gridcell', { name: 'grinning face', exact: true })).toBeVisible()
  // What was used before comes first; one row below it are the faces.
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('gridcell', { selected: true })).toHaveText('🎉')
  await page.keyboard.type('elephant')
  await expect(page.getByRole('gridcell', { name: 'elephant' })).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(search).toHaveCount(0)
  await expect(field).toBeFocused()
  await expect(field).toHaveValue('🎉🐘')

  await button.click()
  await page.getByRole('button', { name: 'Skin tone: Yellow' }).click()
  await page.getByRole('menuitem', { name: 'Dark', exact: true }).click()
  await search.fill('thumbs up')
  await page.getByRole('gridcell', { name: 'thumbs up', exact: true }).click()
  await expect(field).toHaveValue('🎉🐘👍🏿')
  await button.click()
  await page.keyboard.press('Escape')
  await expect(search).toHaveCount(0)
  await expect(button).toBeFocused()

  await field.press('Enter')
  const size = () => message(page, '🎉🐘👍🏿').getByText('🎉').evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))
  await expect.poll(size).toBeGreaterThan(30)
  await expect.poll(async () => (await history(ada, server, channel)).map(({ content }) => content)).toEqual(['🎉🐘👍🏿'])
})

test('a spoiler is shown by click, and by keyboard', async ({ browser }) => {
  const { ada, server, channel, page } = await writer(browser)
  await send(ada, server, channel, 'The winner is ||**Tom**||, the second ||Ada||.')
  const row = messages(page).first()
  const hidden = row.getByRole('button', { name: 'Spoiler, show it' })
  await expect(hidden).toHaveCount(2)
  await expect(row.locator('strong')).toBeHidden()
  await hidden.first().click()
  await expect(row.locator('strong')).toBeVisible()
  await expect(hidden).toHaveCount(1)
  await hidden.focus()
  await page.keyboard.press('Enter')
  await expect(hidden).toHaveCount(0)
  await expect(row.getByText('Ada', { exact: true })).toBeFocused()
})

test('code gets its colours without moving anything, and is copied', async ({ browser }) => {
  const { ada, server, channel, page } = await writer(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/highlighter/, async (route) => {
    await held
    await route.continue()
  })
  const code = 'fn main() {\n    println!("Hello, <b>");\n}'
  await send(ada, server, channel, `\`\`\`rust\n${code}\n\`\`\``)
  const block = messages(page).locator('pre')
  await expect(block).toHaveText(code)
  await expect(block.locator('span')).toHaveCount(0)
  const before = await block.boundingBox()
  release()
  await expect(block.locator('span', { hasText: 'fn' }).first()).toBeVisible()
  await expect(block).toHaveText(code)
  expect(await block.boundingBox()).toEqual(before)
  await block.hover()
  await page.getByRole('button', { name: 'Copy code' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code)
})

test('a link that pretends shows where it leads; one that does harm is none', async ({ browser }) => {
  const { ada, server, channel, page } = await writer(browser)
  await send(ada, server, channel, '[https://bank.example](https://evil.example/a) [run](javascript:alert(1)) [x](data:text/html,y)')
  const links = messages(page).getByRole('link')
  await expect(links).toHaveText(['https://bank.example (evil.example)'])
  await expect(links).toHaveAttribute('href', 'https://evil.example/a')
  await expect(links).toHaveAttribute('rel', 'noopener noreferrer')
})

test('long words, tables and code stay within the conversation', async ({ browser }) => {
  const { ada, server, channel, page } = await writer(browser, { viewport: viewports.phone })
  await send(ada, server, channel, 'x'.repeat(4_000))
  await send(ada, server, channel, `|${' a long heading |'.repeat(12)}\n|${'-|'.repeat(12)}\n|${' b |'.repeat(12)}`)
  await send(ada, server, channel, `\`\`\`\n${'y'.repeat(500)}\n\`\`\``)
  await expect(messages(page).locator('pre')).toBeVisible()
  const beyond = messages(page).evaluateAll((rows) => rows.map((row) => row.scrollWidth - row.clientWidth))
  expect(await beyond).toEqual([0, 0, 0])
})

test('those who are named are shown by the name they have now, and I see that I am meant (M9, M10)', async ({ browser }) => {
  const { ada, tom, server, channel, openings, role, page, field } = await writer(browser)
  await send(tom, server, channel, 'Nothing for anybody')
  await send(tom, server, channel, `@${ada.username} meets @Board in #games, says @${tom.username}`)
  const tokens = [
    { text: `@${ada.username}`, kind: 'user', id: ada.id },
    { text: '@Board', kind: 'role', id: role.id },
    { text: '#games', kind: 'channel', id: openings.id },
  ]
  await page.route(/\/messages(\?|$)/, async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    for (const item of body.items ?? []) {
      if (item.content.startsWith('@')) Object.assign(item.mentions, { user_ids: [ada.id], role_ids: [role.id], tokens })
    }
    await route.fulfill({ response: answer, json: body })
  })
  await page.reload()
  await expect(field).toBeVisible()
  const row = message(page, 'meets')
  await expect(row).toContainText(`@Ada Byron meets @Club board in #openings, says @${tom.username}`)
  await expect(row).toHaveAttribute('data-mentioned', 'true')
  await expect(message(page, 'Nothing for anybody')).not.toHaveAttribute('data-mentioned')
  await row.getByRole('button', { name: '@Ada Byron' }).click()
  await expect(page.getByRole('dialog', { name: 'Ada Byron' })).toBeVisible()
  await page.keyboard.press('Escape')
  await row.getByRole('link', { name: '#openings' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'openings' })).toBeVisible()
})

test('lines that are pasted stay lines, and are not sent', async ({ browser }) => {
  const { page, field } = await writer(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.evaluate(() => navigator.clipboard.writeText('one\n\n  two\nthree'))
  await field.focus()
  await page.keyboard.press('Control+v')
  await expect(field).toHaveValue('one\n\n  two\nthree')
  await expect(messages(page)).toHaveCount(0)
  await field.press('Enter')
  await expect(messages(page).locator('p').filter({ hasText: 'one' })).toBeVisible()
})
