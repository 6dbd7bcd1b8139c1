import type { Browser, BrowserContextOptions, Page } from '@playwright/test'

import { register } from '../support/api'
import { choose, signedIn } from '../support/browser'
import { codeAt, codesOf } from '../support/codes'
import { type Device, deviceOf } from '../support/device'
import { emptyInstance, type Instance } from '../support/instance'
import { accessible, fits, settled } from '../support/looking'
import { expect, test } from '../support/test'

// One Beep for all of them.
test.describe.configure({ mode: 'default' })

const password = 'correct horse battery'

/** Browsers ask for passkeys where the address has a name. */
let beep: Instance

test.beforeAll(async () => {
  beep = await emptyInstance({}, 'localhost')
})

test.afterAll(async () => {
  await beep?.stop()
})

interface Person {
  page: Page
  device: Device
  email: string
  token: string
}

/** Somebody new with a device of their own, in the settings of how one signs in. */
async function somebody(browser: Browser, username: string, options: BrowserContextOptions = {}): Promise<Person> {
  const page = await (await browser.newContext({ baseURL: beep.url, ...options })).newPage()
  const email = `${username}@example.org`
  const data = { first_name: 'Ada', last_name: 'Byron', username, email, password }
  const answer = await page.request.post('/api/v1/auth/register', { data })
  expect(answer.status()).toBe(201)
  const { access_token: token } = await answer.json()
  const device = await deviceOf(page)
  await page.goto('/settings/security')
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toBeVisible()
  return { page, device, email, token }
}

/** Switches two-factor sign-in on; uses the code of now. */
async function protect({ token }: Person): Promise<string> {
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${beep.url}/api/v1/users/@me/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.ok).toBe(true)
    return answer.json()
  }
  const { secret } = await post('totp', { current_password: password })
  await post('totp/confirm', { code: codeAt(secret, Date.now()) })
  return secret
}

/** Signs out, with nobody at the device: they would choose the passkey that is offered. */
async function signOut({ page, device }: Person): Promise<void> {
  await device.setPresent(false)
  await page.goto('/')
  await choose(page, /Ada Byron.*status and account/, 'Sign out')
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
}

/** Adds a passkey under the name that is proposed; without a second factor. */
async function add(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('The passkey is added.')).toBeVisible()
}

/**
 * Makes a page's browser, from its next screen on, one that offers no passkeys by itself: whoever comes to the device would
 * answer the offer, and be signed in before they can press a button.
 */
async function offersNone(page: Page): Promise<void> {
  await page.addInitScript(() => Reflect.deleteProperty(PublicKeyCredential, 'isConditionalMediationAvailable'))
}

/** Presses a button that asks the device, and answers. */
async function ask({ page, device }: Person, button: string): Promise<void> {
  await device.setPresent(true)
  await page.getByRole('button', { name: button }).click()
}

const keys = (page: Page) => page.getByRole('list', { name: 'Passkeys' }).getByRole('listitem')
const welcome = (page: Page) => page.getByRole('heading', { name: 'Welcome to Beep, Ada' })

test('a passkey is added, and opens the account alone, where one wanted to be (A3)', async ({ browser }) => {
  const ada = await somebody(browser, 'alone')
  const { page, device } = ada
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog').last()
  const proof = dialog.getByLabel('Your password', { exact: true })
  await expect(proof).toBeFocused()
  await expect(dialog.getByLabel('Name')).toHaveValue(/^Chrome · /)
  await proof.fill('not this one')
  await proof.press('Enter')
  await expect(proof).toHaveAccessibleDescription('This is not your password.')
  await expect(proof).toBeFocused()
  expect(await device.passkeys()).toBe(0)
  await dialog.getByLabel('Name').fill('My laptop')
  await proof.fill(password)
  await proof.press('Enter')
  await expect(page.getByText('The passkey is added.')).toBeVisible()
  await expect(keys(page)).toHaveText([/^My laptopPasskey, since .*Not used yet/])
  expect(await device.passkeys()).toBe(1)

  await offersNone(page)
  await signOut(ada)
  await page.goto('/settings/security')
  await ask(ada, 'Sign in with a passkey')
  await expect(keys(page)).toHaveText([/^My laptop.*Last used /])
  await expect(page).toHaveURL('/settings/security')
})

test('in place of the code, too, and whoever changes their mind is not told off', async ({ browser }) => {
  const ada = await somebody(browser, 'coded')
  const { page, device, email } = ada
  const secret = await protect(ada)
  await expect(page.getByText('10 recovery codes are left.')).toBeVisible()

  // A code works once: who has given up is not asked for another.
  await device.setAgreed(false)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await dialog.getByLabel('Code', { exact: true }).fill(codesOf(secret)[1])
  await dialog.getByRole('button', { name: 'Continue' }).click()
  const calm = 'No passkey was given. You can try again at any time.'
  await expect(dialog.getByRole('status').filter({ hasText: calm })).toBeVisible()
  await expect(dialog.getByRole('alert')).toHaveText('')
  await expect(dialog.getByLabel('Code', { exact: true })).toHaveCount(0)
  await device.setAgreed(true)
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await expect(keys(page)).toHaveCount(1)

  await signOut(ada)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
  await device.setAgreed(false)
  await ask(ada, 'Use a passkey instead')
  await expect(page.getByRole('status').filter({ hasText: calm })).toBeVisible()
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toHaveCount(0)
  await device.setAgreed(true)
  await ask(ada, 'Use a passkey instead')
  await expect(welcome(page)).toBeVisible()
})

test('a passkey that is chosen where the e-mail is typed opens the account, too', async ({ browser }) => {
  const ada = await somebody(browser, 'offered')
  await add(ada.page)
  await signOut(ada)
  await expect(ada.page.getByLabel('E-mail')).toHaveAttribute('autocomplete', 'username webauthn')
  await ada.device.setPresent(true)
  await ada.page.reload()
  await expect(welcome(ada.page)).toBeVisible()
})

test('what was removed opens nothing any more', async ({ browser }) => {
  const ada = await somebody(browser, 'removed')
  const { page, device } = ada
  await add(page)
  await page.getByRole('button', { name: /^Remove Chrome/ }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByLabel('Your password', { exact: true }).fill('not this one')
  await page.keyboard.press('Enter')
  await expect(dialog.getByLabel('Your password', { exact: true })).toHaveAccessibleDescription('This is not your password.')
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('The passkey is removed.')).toBeVisible()
  await expect(keys(page)).toHaveCount(0)
  // The keyboard goes on from where the list was.
  await expect(page.getByRole('heading', { name: 'Passkeys' })).toBeFocused()

  // The browser was told.
  await expect.poll(device.passkeys).toBe(0)
})

test('a passkey that was removed elsewhere opens nothing, and is forgotten then', async ({ browser }) => {
  const ada = await somebody(browser, 'elsewhere')
  const { page, device, token } = ada
  await offersNone(page)
  await add(page)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const { credentials } = await (await fetch(`${beep.url}/api/v1/users/@me/security`, { headers })).json()
  const body = JSON.stringify({ current_password: password })
  const path = `${beep.url}/api/v1/users/@me/passkeys/${credentials[0].id}`
  expect((await fetch(path, { method: 'DELETE', headers, body })).status).toBe(204)
  await expect(keys(page)).toHaveCount(0)
  expect(await device.passkeys()).toBe(1)
  await signOut(ada)
  await ask(ada, 'Sign in with a passkey')
  await expect(page.getByRole('alert').filter({ hasText: 'This passkey opens no account here.' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Sign in with a passkey' })).toBeEnabled()
  await expect.poll(device.passkeys).toBe(0)
})

test('a passkey that was made and not added is forgotten, and one whose answer was lost is kept', async ({ browser }) => {
  const ada = await somebody(browser, 'lost')
  const { page, device } = ada
  const begin = async () => {
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    const dialog = page.getByRole('dialog').last()
    await dialog.getByLabel('Your password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await expect(dialog.getByRole('alert').filter({ hasText: /./ })).toBeVisible()
    return dialog
  }
  // Nothing gets through, and its owner gives up.
  await page.route('**/users/@me/passkeys', (route) => route.abort())
  const first = await begin()
  expect(await device.passkeys()).toBe(1)
  await first.getByRole('button', { name: 'Cancel' }).click()
  await expect.poll(device.passkeys).toBe(0)

  // It gets through, and the answer does not come back: trying again finds it there.
  await page.unroute('**/users/@me/passkeys')
  await page.route('**/users/@me/passkeys', async (route) => {
    await route.fetch()
    await route.abort()
  }, { times: 1 })
  const second = await begin()
  await second.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('The passkey is added.')).toBeVisible()
  await expect(keys(page)).toHaveCount(1)
  expect(await device.passkeys()).toBe(1)
  await offersNone(page)
  await signOut(ada)
  await ask(ada, 'Sign in with a passkey')
  await expect(welcome(page)).toBeVisible()
})

test('a device has one passkey for an account, and other tabs follow', async ({ browser }) => {
  const { page } = await somebody(browser, 'twice')
  const other = await page.context().newPage()
  await other.goto('/settings/security')
  await expect(other.getByRole('button', { name: 'Add a passkey' })).toBeVisible()
  await page.bringToFront()
  await add(page)
  await expect(keys(other)).toHaveCount(1)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('alert').filter({ hasText: 'This device has a passkey for your account already.' })).toBeVisible()
})

test('the screens of passkeys fit on a phone, and are for everybody', async ({ browser }) => {
  const ada = await somebody(browser, 'phone', { viewport: { width: 320, height: 640 }, hasTouch: true, reducedMotion: 'reduce' })
  const { page, device } = ada
  const look = async (screen: string) => {
    await settled(page)
    await fits(page, screen)
    await accessible(page, screen)
  }
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog').last()
  await device.setAgreed(false)
  await dialog.getByLabel('Name').fill('A name as long as a name can be, without a blank:'.padEnd(64, 'w'))
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await look('add')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('No passkey was given.')).toBeVisible()
  await look('add: given up')
  await device.setAgreed(true)
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await expect(keys(page)).toHaveCount(1)
  await look('settings')
  await page.getByRole('button', { name: /^Remove A name/ }).click()
  await look('remove')
  await page.keyboard.press('Escape')
  await signOut(ada)
  await device.setAgreed(false)
  await ask(ada, 'Sign in with a passkey')
  await expect(page.getByText('No passkey was given.')).toBeVisible()
  await look('sign in: given up')
})

test('where browsers ask for none, passkeys are not offered, and it is said why', async ({ browser }) => {
  const page = await signedIn(browser, await register(), '/settings/security')
  await expect(page.getByText('Passkeys cannot be added here')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add a passkey' })).toHaveCount(0)
  const visitor = await (await browser.newContext()).newPage()
  const told = visitor.waitForResponse('**/auth/providers')
  await visitor.goto('/sign-in')
  await told
  await expect(visitor.getByRole('button', { name: /^Sign in/ })).toHaveText(['Sign in'])
})
