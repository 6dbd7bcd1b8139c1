import { truncate, writeFile } from 'node:fs/promises'

import type { Browser, Page, Request } from '@playwright/test'

import { call, createServer, general, history, join, type Message, register, send, sendFiles } from '../support/api'
import { message, messages, pathOf, signedIn, write } from '../support/browser'
import { binary, choose, drag, paste, picture, text, tone, tray, video } from '../support/files'
import { viewports } from '../support/looks'
import { expect, test } from '../support/test'

const mebibyte = 1024 * 1024
/** What goes out in one request. */
const piece = 8 * mebibyte

async function club() {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  return { ada, tom, server, channel }
}

async function writer(browser: Browser, options: Parameters<typeof signedIn>[3] = {}) {
  const here = await club()
  const page = await signedIn(browser, here.ada, pathOf(here.server, here.channel), options)
  const field = page.getByRole('textbox', { name: 'Message to general' })
  await expect(field).toBeVisible()
  return { ...here, page, field }
}

/** Every file above the field is uploaded. */
async function uploaded(page: Page, count: number): Promise<void> {
  await expect(tray(page)).toHaveCount(count)
  await expect(page.locator('[data-upload]:not([data-state=done])')).toHaveCount(0)
}

const tiles = (page: Page) => page.getByRole('log').getByRole('button', { name: /^Show .* larger$/ })

test('files are chosen, sent with or without a text, and seen by the others at once (M8)', async ({ browser }) => {
  const { page, field, tom, server, channel } = await writer(browser)
  const other = await signedIn(browser, tom, pathOf(server, channel))
  await expect(other.getByRole('textbox', { name: 'Message to general' })).toBeVisible()

  await choose(page, [picture('board.png'), text('moves.txt', 'e4 e5\nNf3'), binary('game.bin', 5_000)])
  await uploaded(page, 3)
  await expect(tray(page)).toHaveText([/board\.png/, /moves\.txt/, /game\.bin/])
  await expect(field).toBeFocused()
  await field.fill('Our game')
  await field.press('Enter')
  await expect(tray(page)).toHaveCount(0)

  for (const reader of [page, other]) {
    const row = message(reader, 'Our game')
    await expect(row.getByRole('img', { name: 'board.png' })).toBeVisible()
    await expect(row.getByRole('img', { name: 'board.png' })).toHaveJSProperty('complete', true)
    await expect(row.getByRole('group', { name: 'Beginning of moves.txt' })).toContainText('Nf3')
    await expect(row.getByRole('link', { name: 'Download game.bin' })).toHaveCount(1)
  }

  await choose(page, [picture('one.png'), picture('two.png')])
  await uploaded(page, 2)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(tiles(other)).toHaveCount(3)
  await page.reload()
  await expect(tiles(page)).toHaveCount(3)
  await expect(tray(page)).toHaveCount(0)
})

test('a file is downloaded as it was sent', async ({ browser }) => {
  const { page, field } = await writer(browser)
  const file = binary('game.bin', 70_000)
  await choose(page, [file])
  await uploaded(page, 1)
  await field.press('Enter')
  const link = page.getByRole('link', { name: 'Download game.bin' })
  await expect(link).toBeVisible()
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  expect(download.suggestedFilename()).toBe('game.bin')
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  expect(Buffer.concat(chunks).equals(Buffer.from(file.bytes))).toBe(true)
})

test('a picture that is pasted gets a name that tells when it was', async ({ browser }) => {
  const { page, field } = await writer(browser)
  await paste(page, [picture('image.png')])
  await uploaded(page, 1)
  await expect(tray(page)).toHaveText(/picture-\d{4}-\d{2}-\d{2}-\d{6}\.png/)
  await field.press('Enter')
  await expect(page.getByRole('img', { name: /^picture-/ })).toBeVisible()
})

test('files are dropped anywhere on the channel, which says where they go', async ({ browser }) => {
  const { page } = await writer(browser)
  const drop = await drag(page, [picture('board.png'), text('moves.txt', 'e4')])
  await expect(page.getByText('Drop to attach to general')).toBeVisible()
  await drop()
  await expect(page.getByText('Drop to attach to general')).toBeHidden()
  await uploaded(page, 2)
})

test('who may not attach has no button, and a drop says why', async ({ browser }) => {
  const { ada, tom, server, channel } = await club()
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/overwrites/${tom.id}`, {
    kind: 'member',
    allow: [],
    deny: ['attach_files'],
  })
  const page = await signedIn(browser, tom, pathOf(server, channel))
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Attach files' })).toHaveCount(0)
  const drop = await drag(page, [picture('board.png')])
  await expect(page.getByTestId('drop-overlay')).toHaveText('You may not attach files in general.')
  await drop()
  await expect(page.getByTestId('drop-overlay')).toBeHidden()
  await expect(page.getByRole('status').getByText('You may not attach files in general.')).toBeVisible()
  await expect(tray(page)).toHaveCount(0)
})

test('what is too large, empty or too much is refused before it is sent, and why', async ({ browser }) => {
  const { page } = await writer(browser)
  const { limits } = await call<{ limits: { attachment_bytes: number; attachments_per_message: number } }>(null, 'GET', '/instance')
  const large = test.info().outputPath('large.iso')
  await writeFile(large, '')
  await truncate(large, limits.attachment_bytes + 1)
  await page.locator('footer input[type=file]').setInputFiles(large)
  const alert = page.getByRole('alert').filter({ hasText: 'large.iso' })
  await expect(alert).toContainText(/large\.iso is larger than .* which is the most here\./)
  await expect(tray(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect(alert).toHaveCount(0)

  await choose(page, [binary('nothing.bin', 0), text('a.txt', 'a')])
  await expect(page.getByText('nothing.bin is empty.')).toBeVisible()
  await uploaded(page, 1)
  const most = limits.attachments_per_message
  await choose(
    page,
    Array.from({ length: most }, (_, index) => text(`${index}.txt`, 'x')),
  )
  await expect(page.getByText(`A message has at most ${most} files. Not attached: 1.`)).toBeVisible()
  await uploaded(page, most)
})

test('a message waits for the files that were chosen for it', async ({ browser }) => {
  const { page, field } = await writer(browser)
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  await page.route('**/assets/uploading-*.js', async (route) => {
    await arrived
    await route.continue()
  })
  await choose(page, [binary('games.bin', 500)])
  await field.fill('All our games')
  await field.press('Enter')
  await expect(field).toHaveValue('All our games')
  await expect(message(page, 'All our games')).toHaveCount(0)
  arrive()
  await expect(message(page, 'All our games').getByRole('link', { name: 'Download games.bin' })).toBeVisible()
  await expect(field).toHaveValue('')
})

test('an upload that is cut off goes on where it was, and the message follows it', async ({ browser }) => {
  const { page, field } = await writer(browser)
  const offsets: (string | undefined)[] = []
  let cuts = 2
  await page.route('**/attachments/*', async (route) => {
    const request = route.request()
    if (request.method() !== 'PATCH') return route.continue()
    const offset = request.headers()['upload-offset']
    offsets.push(offset)
    if (offset === String(piece) && cuts > 0) {
      cuts -= 1
      return route.abort('connectionreset')
    }
    return route.continue()
  })
  await choose(page, [binary('games.bin', piece + 3 * mebibyte)])
  await field.fill('All our games')
  await field.press('Enter')
  // It is shown while it is on its way, and others pass.
  await expect(message(page, 'All our games').getByRole('progressbar', { name: 'Upload' })).toBeVisible()
  await write(page, 'Meanwhile')
  await expect(page.locator('[data-pending]')).toHaveCount(0, { timeout: 30_000 })
  await expect(message(page, 'All our games').getByRole('link', { name: 'Download games.bin' })).toHaveCount(1)
  expect(offsets).toEqual(['0', ...Array.from({ length: 3 }, () => String(piece))])
})

test('an upload outlives a visit elsewhere and a reload of the page', async ({ browser }) => {
  const { page, field, ada, server } = await writer(browser)
  await call(ada.token, 'POST', `/servers/${server.id}/channels`, { name: 'openings', kind: 'text' })
  let isHeld = true
  const starts: string[] = []
  await page.route('**/attachments/*', (route) => {
    const request = route.request()
    if (request.method() === 'PATCH') starts.push(request.headers()['upload-offset'] ?? '')
    return isHeld && request.method() === 'PATCH' && starts.at(-1) === String(piece) ? route.abort() : route.continue()
  })
  await choose(page, [picture('board.png'), binary('games.bin', piece + mebibyte)])
  await field.fill('A draft')
  await expect(page.locator('[data-upload][data-state=paused]')).toHaveCount(1)

  await page.getByRole('link', { name: 'openings' }).click()
  await expect(page.getByRole('textbox', { name: 'Message to openings' })).toHaveValue('')
  await expect(tray(page)).toHaveCount(0)
  await page.getByRole('link', { name: 'general' }).click()
  await expect(field).toHaveValue('A draft')
  await expect(tray(page)).toHaveText([/board\.png/, /games\.bin/])

  await page.reload()
  await expect(tray(page)).toHaveText([/board\.png/, /games\.bin/])
  isHeld = false
  await expect(page.locator('[data-upload]:not([data-state=done])')).toHaveCount(0, { timeout: 40_000 })
  // The first piece was sent once.
  expect(starts.filter((offset) => offset === '0')).toHaveLength(2)
  await field.press('Enter')
  await expect(message(page, 'A draft').getByRole('img', { name: 'board.png' })).toBeVisible()
  await page.reload()
  await expect(message(page, 'A draft')).toBeVisible()
  await expect(tray(page)).toHaveCount(0)
})

test('an upload is cancelled, above the field and in a message, and is gone on the server', async ({ browser }) => {
  const { page, field, server, channel, ada } = await writer(browser)
  const held: (() => void)[] = []
  await page.route('**/attachments/*', async (route) => {
    if (route.request().method() === 'PATCH') await new Promise<void>((go) => held.push(go))
    await route.continue().catch(() => undefined)
  })
  const gone = (request: Request) => request.method() === 'DELETE' && request.url().includes('/attachments/')
  await choose(page, [binary('a.bin', 50_000), binary('b.bin', 50_000)])
  await expect.poll(() => held.length).toBe(2)
  const [discarded] = await Promise.all([
    page.waitForRequest(gone),
    page.getByRole('button', { name: 'Remove a.bin' }).click(),
  ])
  expect((await discarded.response())?.status()).toBe(204)
  await expect(tray(page)).toHaveText([/b\.bin/])
  // The focus is where it can go on from.
  await expect(page.getByRole('button', { name: 'Remove b.bin' })).toBeFocused()

  await field.fill('Never mind')
  await field.press('Enter')
  const [second] = await Promise.all([
    page.waitForRequest(gone),
    message(page, 'Never mind').getByRole('button', { name: 'Cancel' }).click(),
  ])
  expect((await second.response())?.status()).toBe(204)
  await expect(message(page, 'Never mind')).toHaveCount(0)
  for (const go of held) go()
  expect(await history(ada, server, channel)).toEqual([])
})

test('a refusal by the server is told at the file, and what was written stays', async ({ browser }) => {
  const { page, field } = await writer(browser)
  const problem = { status: 413, code: 'attachment_quota_exceeded', title: '' }
  await page.route('**/attachments', (route) =>
    route.fulfill({ status: 413, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
  await choose(page, [binary('a.bin', 100)])
  await expect(tray(page)).toContainText('You have used up the room for your files here.')
  await field.fill('Look')
  await field.press('Enter')
  await expect(page.getByText('A file could not be uploaded. Try it again, or remove it.')).toBeVisible()
  await expect(field).toHaveValue('Look')
  await page.unroute('**/attachments')
  await page.getByRole('button', { name: 'Try a.bin again' }).click()
  await uploaded(page, 1)
  await field.press('Enter')
  await expect(message(page, 'Look').getByRole('link', { name: 'Download a.bin' })).toHaveCount(1)
})

test('a spoiler is covered until somebody wishes to see it', async ({ browser }) => {
  const { page, field, tom, server, channel } = await writer(browser)
  await choose(page, [picture('mate.png'), binary('end.bin', 500)])
  await uploaded(page, 2)
  for (const name of ['mate.png', 'end.bin']) await page.getByRole('button', { name: `Mark ${name} as a spoiler` }).click()
  await expect(page.getByRole('button', { name: 'mate.png is no spoiler' })).toBeVisible()
  await field.press('Enter')

  const reader = await signedIn(browser, tom, pathOf(server, channel))
  const cover = reader.getByRole('button', { name: 'Spoiler, show mate.png' })
  await expect(cover).toBeVisible()
  await expect(reader.getByRole('img', { name: 'mate.png' })).toHaveCount(0)
  await expect(reader.getByRole('link', { name: 'Download end.bin' })).toBeHidden()
  await cover.focus()
  await reader.keyboard.press('Enter')
  await expect(reader.getByRole('img', { name: 'mate.png' })).toBeVisible()
  await expect(tiles(reader)).toBeFocused()
  await reader.getByRole('button', { name: 'Spoiler, show end.bin' }).click()
  await expect(reader.getByRole('link', { name: 'Download end.bin' })).toBeVisible()
})

test('pictures are looked at in full by keys, and the focus comes back', async ({ browser }) => {
  const { ada, server, channel } = await club()
  await sendFiles(ada, server, channel, '', [picture('one.png', 2_000, 1_500), picture('two.png'), picture('three.png')])
  const page = await signedIn(browser, ada, pathOf(server, channel))
  await expect(tiles(page)).toHaveCount(3)
  await tiles(page).first().focus()
  await page.keyboard.press('Enter')
  const box = page.getByRole('dialog')
  await expect(box).toHaveAccessibleName('Picture one.png')
  await expect(box.getByText('1 of 3')).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await expect(box).toHaveAccessibleName('Picture one.png')
  await page.keyboard.press('ArrowRight')
  await expect(box).toHaveAccessibleName('Picture two.png')

  const stage = box.locator('[data-scale]')
  await expect(stage).toHaveAttribute('data-scale', '1.00')
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  await expect(stage).toHaveAttribute('data-scale', '2.25')
  await page.keyboard.press('-')
  await expect(stage).toHaveAttribute('data-scale', '1.50')
  await page.keyboard.press('0')
  await expect(stage).toHaveAttribute('data-scale', '1.00')
  await stage.hover()
  await page.mouse.wheel(0, -100)
  await expect(stage).toHaveAttribute('data-scale', '1.20')
  await expect(box.getByRole('link', { name: 'Open the original of two.png' })).toHaveAttribute('href', /two\.png/)
  await expect(box.getByRole('link', { name: 'Download two.png' })).toHaveAttribute('href', /download=1/)
  await page.keyboard.press('Escape')
  await expect(box).toHaveCount(0)
  await expect(tiles(page).first()).toBeFocused()
})

test('what can be played is played in its place, by parts', async ({ browser }) => {
  const { ada, server, channel } = await club()
  const page = await signedIn(browser, ada, pathOf(server, channel))
  await sendFiles(ada, server, channel, 'Listen', [await video(page, 'clip.webm'), tone('bell.wav')])
  const row = message(page, 'Listen')
  for (const [tag, name] of [['video', 'clip.webm'], ['audio', 'bell.wav']]) {
    const player = row.locator(`${tag}[aria-label="${name}"]`)
    await expect(player).toBeVisible()
    await expect.poll(() => player.evaluate((element) => (element as HTMLMediaElement).readyState)).toBeGreaterThan(0)
    await player.evaluate((element) => {
      const media = element as HTMLMediaElement
      media.muted = true
      return media.play()
    })
    await expect.poll(() => player.evaluate((element) => (element as HTMLMediaElement).currentTime)).toBeGreaterThan(0)
  }
})

test('a text shows its beginning in colours, and all of it is copied', async ({ browser }) => {
  const { ada, server, channel } = await club()
  const code = `fn main() {}\n${'// a line of a long file\n'.repeat(2_000)}// the end\n`
  await sendFiles(ada, server, channel, '', [text('main.rs', code)])
  const page = await signedIn(browser, ada, pathOf(server, channel), { permissions: ['clipboard-read', 'clipboard-write'] })
  const lines = page.getByRole('group', { name: 'Beginning of main.rs' })
  await expect(lines.locator('code span').first()).toHaveText('fn')
  await expect(lines).not.toContainText('the end')
  const more = page.getByRole('button', { name: 'Show more of main.rs' })
  await more.click()
  await expect(page.getByRole('button', { name: 'Show less of main.rs' })).toHaveAttribute('aria-expanded', 'true')
  await expect(lines.getByText(/^Only the first .* are shown\.$/)).toHaveCount(1)
  await page.getByRole('button', { name: 'Copy main.rs' }).click()
  await expect(page.getByText('Copied')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code)
})

test('a picture that cannot be had says what it was, and how to get it', async ({ browser }) => {
  const { ada, server, channel } = await club()
  await sendFiles(ada, server, channel, '', [picture('board.png')])
  const context = await browser.newContext()
  await context.route('**/files/**', (route) => route.abort())
  const page = await context.newPage()
  const { email, password } = ada
  await page.request.post('/api/v1/auth/login', { data: { email, password } })
  await page.goto(pathOf(server, channel))
  await expect(page.getByText('board.png')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Download board.png' })).toBeVisible()
  await context.unroute('**/files/**')
  await page.getByRole('button', { name: 'Try board.png again' }).click()
  await expect(page.getByRole('img', { name: 'board.png' })).toBeVisible()
})

test('nothing moves while pictures come in, nor while what shows them does', async ({ browser }) => {
  const { ada, server, channel } = await club()
  for (const count of [1, 2, 3]) {
    const files = Array.from({ length: count }, (_, index) => picture(`${index}.png`, 900, 600 + 100 * index))
    await sendFiles(ada, server, channel, `With ${count}`, files)
  }
  await sendFiles(ada, server, channel, 'Others', [text('moves.txt', 'e4'), tone('bell.wav'), binary('game.bin', 500)])
  await send(ada, server, channel, 'The last one')
  const context = await browser.newContext()
  /** Holds what is fetched from these addresses until it is released. */
  const hold = async (addresses: string) => {
    const held: (() => void)[] = []
    await context.route(addresses, async (route) => {
      await new Promise<void>((go) => held.push(go))
      await route.continue().catch(() => undefined)
    })
    const release = async () => {
      for (const go of held) go()
      await context.unroute(addresses)
    }
    return { isWanted: () => expect.poll(() => held.length).toBeGreaterThan(0), release }
  }
  const part = await hold('**/assets/Attachments-*.js')
  const pictures = await hold('**/files/**')
  const page = await context.newPage()
  const { email, password } = ada
  await page.request.post('/api/v1/auth/login', { data: { email, password } })
  await page.goto(pathOf(server, channel))
  await expect(message(page, 'The last one')).toBeVisible()
  const places = () => messages(page).evaluateAll((rows) => rows.map((row) => Math.round(row.getBoundingClientRect().top)))

  await part.isWanted()
  const before = await places()
  await part.release()
  await expect(tiles(page).first()).toBeVisible()
  expect(await places()).toEqual(before)

  await pictures.isWanted()
  const room = await tiles(page).last().boundingBox()
  await pictures.release()
  await expect(page.locator('[role=log] img[data-state=loading]')).toHaveCount(0)
  expect(await places()).toEqual(before)
  expect(await tiles(page).last().boundingBox()).toEqual(room)
  expect(room?.height).toBeGreaterThan(100)
})

test('one file is taken off a message; the last one takes the message with it', async ({ browser }) => {
  const { ada, tom, server, channel } = await club()
  await sendFiles(ada, server, channel, '', [picture('one.png'), picture('two.png')])
  const [page, other] = [await signedIn(browser, ada, pathOf(server, channel)), await signedIn(browser, tom, pathOf(server, channel))]
  await expect(tiles(other)).toHaveCount(2)
  await messages(other).first().click({ button: 'right', position: { x: 4, y: 4 } })
  await expect(other.getByRole('menuitem', { name: 'Reply' })).toBeVisible()
  await expect(other.getByRole('menuitem', { name: 'Remove files' })).toHaveCount(0)

  await messages(page).first().click({ button: 'right', position: { x: 4, y: 4 } })
  await page.getByRole('menuitem', { name: 'Remove files' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove files' })
  await dialog.getByRole('button', { name: 'Remove one.png' }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(1)
  await expect(tiles(other)).toHaveCount(1)
  await dialog.getByRole('button', { name: 'Remove two.png' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(messages(other)).toHaveCount(0)
})

test('where files are not shown, a sign stands for them', async ({ browser }) => {
  const { ada, tom, server, channel } = await club()
  const sent: Message = await sendFiles(ada, server, channel, '', [picture('one.png'), picture('two.png')])
  await send(tom, server, channel, 'Well played', sent.id)
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/pins/${sent.id}`)
  const page = await signedIn(browser, ada, pathOf(server, channel))
  await expect(message(page, 'Well played').getByRole('button', { name: /^Answers/ })).toHaveText(/2 attachments/)
  await page.getByRole('button', { name: 'Pinned messages' }).click()
  await expect(page.getByRole('dialog', { name: 'Pinned messages' }).getByRole('listitem')).toContainText('2 attachments')
})

test('on a phone, files are attached and looked at with a finger', async ({ browser }) => {
  const options = { viewport: viewports.phone, hasTouch: true, isMobile: true }
  const { page } = await writer(browser, options)
  await choose(page, [picture('one.png', 1_200, 900), picture('two.png'), binary('a-rather-long-name-of-a-file-that-does-not-fit.bin', 900)])
  await uploaded(page, 3)
  const buttons = await page.getByRole('list', { name: 'Attached files' }).getByRole('button').all()
  for (const button of buttons) {
    const box = await button.boundingBox()
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44)
  }
  await page.getByRole('button', { name: 'Send', exact: true }).tap()
  await expect(tiles(page)).toHaveCount(2)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewports.phone.width)
  await tiles(page).first().tap()
  const box = page.getByRole('dialog', { name: 'Picture one.png' })
  await expect(box).toBeVisible()
  const touch = await page.context().newCDPSession(page)
  const swipe = async (from: number, to: number) => {
    const at = (x: number) => [{ x, y: 420 }]
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at((from + to) / 2) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(to) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }
  await swipe(320, 60)
  await expect(page.getByRole('dialog', { name: 'Picture two.png' })).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).tap()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})
