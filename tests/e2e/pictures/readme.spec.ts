import { mkdirSync, writeFileSync } from 'node:fs'

import type { BrowserContextOptions, Page } from '@playwright/test'

import { messages, signIn } from '../support/browser'
import { expect, test } from '../support/test'

const folder = new URL('../../../docs/images/', import.meta.url)
/** The largest picture that belongs into a repository. */
const mostBytes = 150_000

/** A person of the demonstration. */
const ines = { email: 'ines@demo.example', password: 'beep-demo-2026' }
const others = ['leo', 'tom.b', 'mei'].map((name) => ({ email: `${name}@demo.example`, password: ines.password }))

test('the conversation, on a desk', async ({ browser }) => {
  for (const other of others) await connected(await (await browser.newContext()).newPage(), other)
  const options: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }
  const page = await (await browser.newContext(options)).newPage()
  await connected(page, ines)
  await page.getByRole('link', { name: 'build-log' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'build-log' })).toBeVisible()
  for (const name of ['Committee — 2', 'Connected — 2']) await expect(page.getByRole('heading', { name })).toBeVisible()
  await keep(page, 'conversation.webp')
})

test('the conversation, on a phone', async ({ browser }) => {
  const options: BrowserContextOptions = {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    colorScheme: 'dark',
  }
  const page = await (await browser.newContext(options)).newPage()
  await connected(page, ines)
  await page.getByRole('link', { name: 'general' }).tap()
  await expect(messages(page).first()).toBeInViewport()
  await keep(page, 'phone.webp')
})

async function connected(page: Page, account: typeof ines): Promise<void> {
  await signIn(page, { ...account, id: '', username: '', displayName: '', token: '' })
  await page.goto('/')
  await page.getByRole('link', { name: 'Robotics Club' }).click()
  await expect(page.getByRole('button', { name: 'Robotics Club: server menu' })).toBeVisible()
}

/** Writes the picture as WebP, which the browser itself can do. */
async function keep(page: Page, name: string): Promise<void> {
  await expect(messages(page).first()).toBeVisible()
  await page.mouse.move(0, 0)
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  await page.waitForTimeout(500)
  const picture = (await page.screenshot()).toString('base64')
  const blank = await page.context().newPage()
  const webp = await blank.evaluate(async (base64) => {
    const image = new Image()
    image.src = `data:image/png;base64,${base64}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.9).split(',')[1] ?? ''
  }, picture)
  const bytes = Buffer.from(webp, 'base64')
  expect(bytes.length).toBeLessThan(mostBytes)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(name, folder), bytes)
}
