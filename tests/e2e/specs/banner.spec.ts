import { type Browser, expect, type Locator, type Page } from '@playwright/test'

import { createServer, general, join, register, send } from '../support/api'
import { message, pathOf, signedIn } from '../support/browser'
import { accessible, fits, settled } from '../support/looking'
import { contextOf, type Look, nameOf } from '../support/looks'
import { pngOf } from '../support/picture'
import { test } from '../support/test'

/** Ada in her settings, and somebody who has her card open. */
async function adaAndAnother(browser: Browser, look: Look) {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(tom, 'Choir')
  await join(ada, server)
  await send(ada, server, general(server), 'Rehearsal on Monday')
  const mine = await signedIn(browser, ada, '/settings/account', contextOf(look))
  const other = await signedIn(browser, tom, pathOf(server, general(server)), contextOf(look))
  await message(other, 'Rehearsal on Monday').getByRole('button', { name: 'Ada Byron' }).first().click()
  const card = other.getByRole('dialog', { name: 'Ada Byron' })
  await expect(card.getByText('@')).toBeVisible()
  return { mine, other, card }
}

function choosePicture(page: Page, width: number, height: number): Promise<void> {
  const picture = { name: 'banner.png', mimeType: 'image/png', buffer: pngOf(width, height) }
  return page.locator('input[type=file]').setInputFiles(picture)
}

/** Its address, once the picture is drawn: three times as wide as high, from edge to edge of the card. */
async function bannerOf(card: Locator): Promise<string> {
  const picture = card.locator('img')
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(960)
  const [drawn, whole] = [await picture.boundingBox(), await card.boundingBox()]
  expect(Math.abs((drawn?.width ?? 0) - (whole?.width ?? 1))).toBeLessThan(1)
  expect(Math.abs((drawn?.width ?? 0) / (drawn?.height ?? 1) - 3)).toBeLessThan(0.05)
  return (await picture.getAttribute('src')) ?? ''
}

const looks: Look[] = [
  { viewport: 'desktop', theme: 'light', language: 'en' },
  { viewport: 'phone', theme: 'dark', language: 'en' },
]

for (const look of looks) {
  test(`a banner is chosen, replaced and removed, and who looks on sees it (U5): ${nameOf(look)}`, async ({ browser }) => {
    const { mine, other, card } = await adaAndAnother(browser, look)
    await expect(card.locator('img')).toHaveCount(0)
    const change = mine.getByRole('button', { name: 'Change banner' })
    const use = mine.getByRole('button', { name: 'Use this picture' })
    await change.focus()
    await mine.keyboard.press('Enter')
    await expect(use).toBeDisabled()
    await choosePicture(mine, 1_500, 900)
    await expect(mine.getByRole('img', { name: /Preview of your picture/ })).toBeVisible()
    await settled(mine)
    await fits(mine, 'the dialogue')
    await accessible(mine, 'the dialogue')
    await use.press('Enter')
    await expect(mine.getByRole('button', { name: 'Remove banner' })).toBeVisible()
    await expect(change).toBeFocused()
    const first = await bannerOf(card)
    await settled(other)
    await fits(other, 'the card')
    await accessible(other, 'the card')
    await fits(mine, 'the settings')
    await accessible(mine, 'the settings')

    // In the dialogue one sees which one is there.
    await change.press('Enter')
    await expect(mine.getByRole('dialog').last().locator(`img[src="${first}"]`)).toBeVisible()
    await choosePicture(mine, 300, 600)
    await expect(use).toBeEnabled()
    await use.press('Enter')
    await expect(card.locator(`img[src="${first}"]`)).toHaveCount(0)
    expect(await bannerOf(card)).not.toBe(first)

    await mine.getByRole('button', { name: 'Remove banner' }).press('Enter')
    await expect(mine.getByRole('button', { name: 'Remove banner' })).toHaveCount(0)
    await expect(change).toBeFocused()
    await expect(card.locator('img')).toHaveCount(0)
    await mine.reload()
    await expect(change).toBeVisible()
    await expect(mine.getByRole('button', { name: 'Remove banner' })).toHaveCount(0)
  })
}

test('what keeps a banner from being taken is said in words, in French, and one tries again', async ({ browser }) => {
  const ada = await register('Ada', 'Byron')
  const page = await signedIn(browser, ada, '/settings/account', { locale: 'fr-FR' })
  await page.request.patch('/api/v1/users/@me/settings', {
    data: { language: 'fr' },
    headers: { authorization: `Bearer ${ada.token}` },
  })
  await page.reload()
  await page.getByRole('button', { name: 'Changer la bannière' }).click()
  const text = { name: 'banner.png', mimeType: 'image/png', buffer: Buffer.from('no picture') }
  await page.locator('input[type=file]').setInputFiles(text)
  const refusal = page.getByRole('alert').filter({ hasText: 'Cette image est illisible' })
  await expect(refusal).toBeVisible()
  await choosePicture(page, 600, 200)
  await expect(refusal).toHaveCount(0)

  // What is refused by the server stays to be tried again, and so does what did not get there.
  const use = page.getByRole('button', { name: 'Utiliser cette photo' })
  await page.route('**/users/@me/banner', (route) => route.abort())
  await use.click()
  await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible()
  await expect(use).toBeEnabled()
  await page.unroute('**/users/@me/banner')
  let waiting: (() => void) | undefined
  const held = new Promise<void>((resolve) => {
    waiting = resolve
  })
  await page.route('**/users/@me/banner', async (route) => {
    await held
    await route.continue()
  })
  await use.click()
  await expect(use).toHaveAttribute('aria-disabled', 'true')
  waiting?.()
  await expect(page.getByRole('button', { name: 'Retirer la bannière' })).toBeVisible()
  await expect(use).toHaveCount(0)
})
