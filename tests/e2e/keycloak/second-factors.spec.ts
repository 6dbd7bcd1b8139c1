import type { Page } from '@playwright/test'

import { type Account, register } from '../support/api'
import { choose } from '../support/browser'
import { codesOf } from '../support/codes'
import { deviceOf } from '../support/device'
import { addKey, factorsOf, fillInPage, signInByPage } from '../support/keycloak'
import { expect, test } from '../support/test'

const security = /\/settings\/security$/
const changed = 'How you sign in is changed.'

/** Somebody new, who has signed in by Keycloak's page, in the settings of how one signs in. */
async function somebody(page: Page): Promise<Account> {
  const account = await register()
  await signInByPage(page, account)
  await expect(page).toHaveURL(security)
  return account
}

async function signOut(page: Page) {
  await page.goto('/')
  await choose(page, /^Ada Byron/, 'Sign out')
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
}

async function remove(page: Page, name: string) {
  await page.getByRole('button', { name: `Remove ${name}` }).click()
  await page.locator('#kc-accept').click()
  await expect(page.getByText(changed)).toBeVisible()
  await expect(page.getByRole('button', { name: `Remove ${name}` })).toHaveCount(0)
}

test('a passkey opens the account without a password, until it is removed', async ({ page }) => {
  const device = await deviceOf(page)
  const ada = await somebody(page)
  await addKey(page, 'Add a passkey', 'My laptop')
  expect(await device.passkeys()).toBe(1)
  expect(await factorsOf(ada.username)).toEqual(['webauthn-passwordless'])

  await signOut(page)
  await device.setPresent(false)
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await expect(page.locator('#authenticateWebAuthnButton')).toBeVisible()
  // The page offers it where the name is typed; the device does not wait to be asked.
  await device.setPresent(true)
  await page.reload()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()

  await page.goto('/settings/security')
  await remove(page, 'My laptop')
  expect(await factorsOf(ada.username)).toEqual([])
  // The device has it still; it opens nothing.
  expect(await device.passkeys()).toBe(1)
  await device.setPresent(false)
  await signOut(page)
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await expect(page.locator('#authenticateWebAuthnButton')).toBeVisible()
  await device.setPresent(true)
  await page.reload()
  await expect(page.getByText('Unknown user authenticated by the Passkey.')).toBeVisible()
  await device.setPresent(false)
  // The key may have answered once more meanwhile, and its page come in between.
  await expect(async () => {
    await page.goto('/')
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  }).toPass()
})

test('a security key is asked for beside the password', async ({ page }) => {
  await deviceOf(page, 'key')
  const ada = await somebody(page)
  await addKey(page, 'Add a security key', 'Blue key')
  expect(await factorsOf(ada.username)).toEqual(['webauthn'])

  await signOut(page)
  // Beep's own form cannot ask for it, and says where it is asked for.
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible()
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, ada.email, ada.password)
  await page.locator('#authenticateWebAuthnButton').click()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})

test('an app for codes is set up and removed; a recovery code takes its place once', async ({ page, browser }) => {
  const ada = await somebody(page)
  await page.getByRole('button', { name: 'Add an app for codes' }).click()
  await page.locator('#mode-manual').click()
  const secret = await page.locator('#kc-totp-secret-key').innerText()
  await page.locator('#totp').fill(codesOf(secret)[0])
  await page.locator('#userLabel').fill('My phone')
  await page.locator('#userLabel').press('Enter')
  await expect(page.getByText(changed)).toBeVisible()

  await page.getByRole('button', { name: 'New recovery codes' }).click()
  await expect(page.locator('#kc-recovery-codes-list li')).toHaveCount(12)
  const codes = await page.locator('#kc-recovery-codes-list li').allInnerTexts()
  await page.locator('#kcRecoveryCodesConfirmationCheck').check()
  await page.locator('#saveRecoveryAuthnCodesBtn').click()
  await expect(page.getByText('12 recovery codes are left.')).toBeVisible()

  const lost = await (await browser.newContext()).newPage()
  await signInByPage(lost, ada)
  await lost.locator('#try-another-way').click()
  await lost.getByRole('button', { name: /recovery/i }).click()
  const asked = Number(/\d+/.exec(await lost.locator('label[for="recoveryCodeInput"]').innerText())?.[0])
  await lost.locator('#recoveryCodeInput').fill('0000AAAABBBB')
  await lost.locator('#recoveryCodeInput').press('Enter')
  await expect(lost.getByText('Invalid recovery authentication code')).toBeVisible()
  await lost.locator('#recoveryCodeInput').fill(codes[asked - 1] ?? '')
  await lost.locator('#recoveryCodeInput').press('Enter')
  await expect(lost.getByText('11 recovery codes are left.')).toBeVisible()

  await page.goto('/settings/security')
  await remove(page, 'My phone')
  expect(await factorsOf(ada.username)).not.toContain('otp')
})
