import type { Browser, Page } from '@playwright/test'

import { call, createChannel, createServer, general, join, register, send, sendFiles } from '../support/api'
import { message, pathOf, signedIn } from '../support/browser'
import { picture, text } from '../support/files'
import { viewports } from '../support/looks'
import { expect, test } from '../support/test'

const filler = 70

/** Ada in a server of two channels, in which Tom and she wrote of balloons, the first time long ago. */
async function library(browser: Browser, viewport: { width: number; height: number } = { width: 1280, height: 800 }) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Library')
  const channel = general(await join(tom, server))
  const other = await createChannel(ada, server, { name: 'workshop', kind: 'text' })
  const first = await send(tom, server, channel, 'A **red balloon** of long ago')
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/pins/${first.id}`)
  for (let number = 1; number <= filler; number += 1) await send(tom, server, channel, `filler ${number}`)
  await send(ada, server, channel, `@${tom.username} your balloon is at https://example.org/balloon`)
  await send(tom, server, other, 'The other balloon')
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  const page = await signedIn(browser, ada, pathOf(server, channel), { viewport })
  await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeVisible()
  return { ada, tom, server, channel, other, first, page }
}

function panel(page: Page) {
  return page.getByRole('search', { name: 'Search' })
}

function field(page: Page) {
  return panel(page).getByRole('combobox', { name: 'Search messages' })
}

function found(page: Page) {
  return panel(page).getByRole('list', { name: 'Found messages' }).getByRole('listitem').filter({ has: page.locator('time') })
}

/** Opens the search by its key, which is heard as soon as the conversation has been shown for a moment. */
async function openByKey(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press('Control+f')
    await expect(field(page)).toBeFocused({ timeout: 1_500 })
  }).toPass()
}

/** Looks for something until it is taken into the index. */
async function lookFor(page: Page, text: string, expected: RegExp[]): Promise<void> {
  await expect(async () => {
    await field(page).fill('')
    await field(page).fill(text)
    await field(page).press('Enter')
    await expect(found(page)).toHaveText(expected, { timeout: 1_500 })
  }).toPass()
}

test('messages are found by words, with these marked, and one goes to them (M14)', async ({ browser }) => {
  const { page, server, channel } = await library(browser)
  await openByKey(page)
  await expect(panel(page).getByText('What are you looking for?')).toBeVisible()
  await lookFor(page, 'balloon', [/your balloon/, /red balloon/])
  await expect(panel(page).getByText('2 messages')).toBeVisible()
  await expect(found(page).last().locator('mark')).toHaveText(['balloon'])
  await expect(found(page).last().locator('strong')).toHaveText('red balloon')

  await found(page).last().getByRole('button', { name: /^Go there: Tom Bakker/ }).click()
  await expect(message(page, 'of long ago')).toBeInViewport()
  await expect(message(page, 'of long ago')).toBeFocused()
  await expect(panel(page)).toBeVisible()

  await panel(page).getByLabel('Order').selectOption('Oldest')
  await expect(found(page)).toHaveText([/red balloon/, /your balloon/])
  await panel(page).getByRole('radio', { name: 'Whole server' }).click()
  await expect(found(page)).toHaveText([/red balloon/, /your balloon/, /workshop.*The other balloon/])
  await found(page).last().getByRole('button', { name: /^Go there/ }).click()
  await expect(message(page, 'The other balloon')).toBeInViewport()
  await expect(page).not.toHaveURL(pathOf(server, channel))
  await expect(found(page)).toHaveCount(3)

  await field(page).fill('nothing like this')
  await expect(panel(page).getByText('Nothing was found')).toBeVisible()
  await field(page).press('Escape')
  await expect(panel(page)).toBeHidden()
  await expect(page.getByRole('textbox', { name: /^Message to/ })).toBeFocused()
})

test('filters are typed or picked, by keyboard alone', async ({ browser }) => {
  const { page, tom } = await library(browser)
  await openByKey(page)
  await lookFor(page, 'balloon', [/your balloon/, /red balloon/])

  // Picked from what is offered.
  await field(page).fill('balloon from:tom')
  await expect(panel(page).getByRole('option', { name: /Tom Bakker/ })).toHaveAttribute('aria-selected', 'true')
  await field(page).press('Enter')
  await expect(panel(page).getByRole('button', { name: 'Remove the filter From: Tom Bakker' })).toBeVisible()
  await expect(field(page)).toHaveValue('balloon ')
  await expect(found(page)).toHaveText([/red balloon/])

  // Typed to its end.
  await field(page).fill(`mentions:${tom.username} `)
  await expect(field(page)).toHaveValue('')
  await expect(panel(page).getByText('Nothing was found')).toBeVisible()
  await panel(page).getByRole('button', { name: 'Remove the filter From: Tom Bakker' }).click()
  await expect(found(page)).toHaveText([/your balloon/])
  await field(page).press('Backspace')
  await expect(panel(page).getByText('What are you looking for?')).toBeVisible()

  await field(page).pressSequentially('has:link ')
  await expect(panel(page).getByRole('button', { name: 'Remove the filter Has: A link' })).toBeVisible()
  await expect(found(page)).toHaveText([/your balloon/])
  await field(page).press('Backspace')
  await field(page).pressSequentially('pinned:')
  await expect(panel(page).getByRole('option', { name: 'Yes' })).toBeVisible()
  await field(page).press('ArrowDown')
  await field(page).press('ArrowUp')
  await field(page).press('Tab')
  await expect(found(page)).toHaveText([/red balloon/])
  await field(page).press('Backspace')

  // In another channel; then it is the whole server that is searched. Who types on is not waited for by any frame.
  await page.evaluate(() => {
    const later = window.requestAnimationFrame
    window.requestAnimationFrame = (callback) => setTimeout(() => later(callback), 300) as unknown as number
  })
  await panel(page).getByRole('button', { name: 'In', exact: true }).click()
  await expect(field(page)).toHaveValue('in:')
  await field(page).pressSequentially('work')
  await field(page).press('Enter')
  await field(page).pressSequentially('balloon', { delay: 60 })
  await expect(found(page)).toHaveText([/The other balloon/])
  await expect(panel(page).getByRole('radio', { name: 'Whole server' })).toBeChecked()
  await panel(page).getByRole('radio', { name: 'This channel' }).click()
  await expect(found(page)).toHaveText([/your balloon/, /red balloon/])

  await field(page).fill('balloon after:tod')
  await field(page).press('Enter')
  await expect(panel(page).getByText('Nothing was found')).toBeVisible()
  await field(page).press('Home')
  await field(page).press('Backspace')
  await field(page).fill('balloon before:2020-01-31 ')
  await expect(panel(page).getByRole('button', { name: 'Remove the filter Before: 31 January 2020' })).toBeVisible()
  await expect(panel(page).getByText('Nothing was found')).toBeVisible()

  // Escape closes what is offered first, then the panel.
  await field(page).fill('from:')
  await expect(panel(page).getByRole('listbox', { name: 'Filters' })).toBeVisible()
  await field(page).press('Escape')
  await expect(panel(page).getByRole('listbox', { name: 'Filters' })).toBeHidden()
  await field(page).press('Escape')
  await expect(panel(page)).toBeHidden()
})

test('filters are picked with the mouse alone', async ({ browser }) => {
  const { page, tom } = await library(browser)
  await page.getByRole('button', { name: 'Search' }).click()
  const pick = async (filter: string, option: string | RegExp) => {
    await panel(page).getByRole('button', { name: filter, exact: true }).click()
    await panel(page).getByRole('listbox', { name: 'Filters' }).getByRole('option', { name: option }).click()
    await expect(panel(page).getByRole('listbox')).toBeHidden()
  }
  await pick('Has', 'A link')
  await expect(async () => {
    await expect(found(page)).toHaveText([/your balloon/], { timeout: 1_500 })
  }).toPass()
  await pick('Mentions', new RegExp(tom.username))
  await pick('From', /Ada Byron/)
  await pick('Pinned', 'No')
  await pick('After', /A year ago/)
  await expect(found(page)).toHaveText([/your balloon/])
  await expect(panel(page).getByRole('list', { name: 'Filters' }).getByRole('listitem')).toHaveCount(5)
  await pick('In', 'workshop')
  await expect(panel(page).getByText('Nothing was found')).toBeVisible()
  await panel(page).getByRole('button', { name: /^Remove the filter In: / }).click()
  await pick('Before', /Yesterday/)
  await expect(panel(page).getByText('Nothing was found')).toBeVisible()
})

test('a filter that names nobody is left out, which is said', async ({ browser }) => {
  const { page } = await library(browser)
  await openByKey(page)
  await lookFor(page, 'balloon', [/your balloon/, /red balloon/])
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname.endsWith('/members') && searchParams.get('query') === 'nobody') asked.push(pathname)
  })
  await field(page).fill('')
  await field(page).pressSequentially('from:nobody ')
  await expect(panel(page).getByText('There is no “nobody” here: this filter is left out.')).toBeVisible()
  const before = asked.length
  await field(page).pressSequentially('balloon')
  await expect(found(page)).toHaveText([/your balloon/, /red balloon/])
  expect(asked).toHaveLength(before)
  await field(page).fill('balloon')
  await expect(panel(page).getByText('There is no “nobody” here')).toBeHidden()
  await field(page).fill('from:somebody')
  await field(page).press('Enter')
  await expect(panel(page).getByText('There is no “somebody” here')).toBeVisible()
})

test('much that is found comes page by page', async ({ browser }) => {
  const { page } = await library(browser)
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(async () => {
    await field(page).fill('')
    await field(page).fill('filler')
    await expect(panel(page).getByText(`${filler} messages`)).toBeVisible({ timeout: 1_500 })
  }).toPass()
  await expect(found(page)).toHaveCount(25)
  await panel(page).getByRole('button', { name: 'Show more' }).click()
  await expect(found(page)).toHaveCount(50)
  await panel(page).getByRole('button', { name: 'Show more' }).click()
  await expect(found(page)).toHaveCount(filler)
  await expect(panel(page).getByRole('button', { name: 'Show more' })).toBeHidden()
})

test('beside the conversation there is room for the search or the members', async ({ browser }) => {
  const { page } = await library(browser)
  const members = page.getByRole('complementary').getByText('Connected')
  await expect(members).toBeVisible()
  await page.getByRole('button', { name: 'Search' }).click()
  await expect(panel(page)).toBeVisible()
  await expect(members).toBeHidden()
  await page.getByRole('button', { name: 'Members' }).click()
  await expect(panel(page)).toBeHidden()
  await expect(members).toBeVisible()
})

test('a search that fails says so, and works again', async ({ browser }) => {
  const { page } = await library(browser)
  await page.getByRole('button', { name: 'Search' }).click()
  await lookFor(page, 'balloon', [/your balloon/, /red balloon/])
  await page.route(/\/search\?/, (route) => route.fulfill({ status: 500, json: { status: 500, code: 'internal', title: 'Oh' } }))
  await field(page).fill('filler')
  await expect(panel(page).getByRole('alert')).toContainText('The search did not work')
  await page.unroute(/\/search\?/)
  await panel(page).getByRole('button', { name: 'Try again' }).click()
  await expect(found(page)).toHaveCount(25)
})

test('on a phone the search has the screen to itself, and makes way for the message', async ({ browser }) => {
  const { page } = await library(browser, viewports.phone)
  await page.getByRole('button', { name: 'Search' }).click()
  await expect.poll(async () => (await panel(page).boundingBox())?.width).toBe(viewports.phone.width)
  await lookFor(page, 'red', [/red balloon/])
  await found(page).getByRole('button', { name: /^Go there/ }).click()
  await expect(panel(page)).toBeHidden()
  await expect(message(page, 'of long ago')).toBeInViewport()
})

test('nothing is found in a channel that one cannot see', async ({ browser }) => {
  const { page, ada, tom, server } = await library(browser)
  const hidden = await createChannel(ada, server, { name: 'secret', kind: 'text', private: true })
  await send(ada, server, hidden, 'a hidden balloon')
  const other = await signedIn(browser, tom, pathOf(server, general(server)))
  for (const [reader, expected] of [[page, 4], [other, 3]] as const) {
    await reader.getByRole('button', { name: 'Search' }).click()
    await panel(reader).getByRole('radio', { name: 'Whole server' }).click()
    await expect(async () => {
      await field(reader).fill('')
      await field(reader).fill('balloon')
      await expect(found(reader)).toHaveCount(expected, { timeout: 1_500 })
    }).toPass()
  }
  await expect(panel(other).getByText('3 messages')).toBeVisible()
})

/** What the server is asked for, by the words. */
function asked(page: Page): string[] {
  const words: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname.endsWith('/search')) words.push(searchParams.get('query') ?? '')
  })
  return words
}

test('what two people wrote is found while it is typed, refined and cleared', async ({ browser }) => {
  const { page, ada, tom, server, channel } = await library(browser)
  await send(tom, server, channel, 'The blue whale sings')
  await send(ada, server, channel, 'A blue whistle')
  await openByKey(page)
  await lookFor(page, 'blue wh', [/blue whistle/, /blue whale/])
  await field(page).fill('')
  await expect(panel(page).getByText('What are you looking for?')).toBeVisible()

  // A question for each pause, none for each letter, none for nothing. A busy machine may pause where nobody did.
  const words = asked(page)
  await field(page).pressSequentially('blue wh', { delay: 20 })
  await expect(found(page)).toHaveText([/blue whistle/, /blue whale/])
  await expect(panel(page).getByRole('status').filter({ hasText: '2 messages' })).toBeVisible()
  await field(page).pressSequentially('al', { delay: 20 })
  await expect(found(page)).toHaveText([/blue whale/])
  await expect(found(page).locator('mark')).toHaveText(['blue', 'whale'])
  await expect(panel(page).getByRole('status').filter({ hasText: '1 message' })).toBeVisible()
  await field(page).fill('')
  await expect(found(page)).toHaveCount(0)
  await expect(panel(page).getByText('What are you looking for?')).toBeVisible()
  expect(words.at(-1)).toBe('blue whal')
  expect(words).not.toContain('')
  expect(words.length).toBeLessThan('blue whal'.length / 2)
})

test('an answer that comes late does not take the place of a later one, and letters in the making are no words', async ({ browser }) => {
  const { page } = await library(browser)
  await openByKey(page)
  await lookFor(page, 'balloon', [/your balloon/, /red balloon/])
  await field(page).fill('')
  let answer = () => {}
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route(/\/search\?.*query=filler/, async (route) => {
    await held
    await route.continue().catch(() => undefined)
  })
  const words = asked(page)
  const broken = page.waitForEvent('requestfailed', (request) => request.url().includes('query=filler'))
  await field(page).fill('filler')
  await expect.poll(() => words).toEqual(['filler'])
  await field(page).fill('red')
  await broken
  await expect(found(page)).toHaveText([/red balloon/])
  answer()
  await page.unroute(/\/search\?.*query=filler/)
  await expect(found(page)).toHaveText([/red balloon/])

  // As an input method does it: letters stand there that are not written yet.
  await field(page).fill('')
  await page.clock.install()
  const input = await page.context().newCDPSession(page)
  words.length = 0
  await input.send('Input.imeSetComposition', { text: 'ballon', selectionStart: 6, selectionEnd: 6 })
  await expect(field(page)).toHaveValue('ballon')
  await page.clock.runFor(5_000)
  await expect(panel(page).getByText('What are you looking for?')).toBeVisible()
  await input.send('Input.imeSetComposition', { text: 'balloon', selectionStart: 7, selectionEnd: 7 })
  await input.send('Input.insertText', { text: 'balloon' })
  await expect(found(page)).toHaveText([/your balloon/, /red balloon/])
  expect(words).toEqual(['balloon'])
})

test('who searches too often waits, and is not bothered with it', async ({ browser }) => {
  const { page } = await library(browser)
  await openByKey(page)
  await lookFor(page, 'balloon', [/your balloon/, /red balloon/])
  let refused = 0
  await page.route(/\/search\?/, async (route) => {
    refused += 1
    if (refused > 4) return route.continue()
    const body = { status: 429, code: 'searching_too_fast', title: 'Too Many Requests' }
    return route.fulfill({ status: 429, headers: { 'retry-after': '1' }, json: body })
  })
  await field(page).fill('red')
  await expect(found(page)).toHaveText([/red balloon/])
  await expect(panel(page).getByRole('alert')).toHaveCount(0)
  expect(refused).toBe(5)
})

test('files of what is found are shown', async ({ browser }) => {
  const { page, tom, server, channel } = await library(browser)
  const files = [picture('kite.png'), ...[1, 2, 3].map((number) => text(`kite-${number}.txt`, 'plain'))]
  await sendFiles(tom, server, channel, 'The kite plans', files)
  await openByKey(page)
  await lookFor(page, 'kite', [/The kite plans/])
  const shown = found(page).getByRole('list', { name: 'Files' })
  await expect(shown.getByRole('listitem')).toHaveText([/kite\.png/, /kite-1\.txt5 bytes/, /kite-2\.txt/, '4 attachments'])
  const small = shown.locator('img')
  await expect(small).toHaveCount(1)
  await expect.poll(() => small.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
})
