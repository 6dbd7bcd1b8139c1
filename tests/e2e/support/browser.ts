/** What people do in the browser, named as they would name it. */
import { type Browser, type BrowserContextOptions, expect, type Locator, type Page } from '@playwright/test'

import type { Account, Channel, Server } from './api'

/** A browser of its own in which somebody is signed in, at an address. */
export async function signedIn(
  browser: Browser,
  account: Account,
  path = '/',
  options: BrowserContextOptions = {},
  code?: string,
): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await signIn(page, account, code)
  await page.goto(path)
  return page
}

/** Signs in without the form, which has tests of its own; with a code where the account asks for one. */
export async function signIn(page: Page, account: Account, code?: string): Promise<void> {
  const { email, password } = account
  const answer = await page.request.post('/api/v1/auth/login', { data: { email, password, code } })
  expect(answer.status()).toBe(200)
}

export function pathOf(server: Server, channel: Channel): string {
  return `/channels/${server.id}/${channel.id}`
}

/** The messages on the screen, in order. */
export function messages(page: Page): Locator {
  return page.getByRole('log', { name: 'Messages' }).getByRole('article')
}

export function message(page: Page, text: string): Locator {
  return messages(page).filter({ hasText: text })
}

export async function write(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: /^Message to/ })
  await field.fill(text)
  await field.press('Enter')
}

/** Chooses from a menu that a button opens. */
export async function choose(page: Page, button: string | RegExp, action: string): Promise<void> {
  await page.getByRole('button', { name: button }).first().click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** The address of a page of a server's settings. */
export function settingsOf(server: Server, page: string): string {
  return `/servers/${server.id}/settings/${page}`
}

/** The address of a page of a channel's settings. */
export function channelSettingsOf(server: Server, channel: Channel, page: string): string {
  return `/servers/${server.id}/channels/${channel.id}/settings/${page}`
}

/** Saves what was changed on a page of settings. */
export async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Save' })).toBeHidden()
}

/** Switches something on or off; the input itself is out of sight. */
export async function flip(page: Page, name: string): Promise<void> {
  await page.getByRole('switch', { name, exact: true }).click({ force: true })
}

/** The channels in the sidebar, in order. */
export function channelLinks(page: Page): Locator {
  return page.getByRole('navigation', { name: 'Channels' }).getByRole('link')
}
