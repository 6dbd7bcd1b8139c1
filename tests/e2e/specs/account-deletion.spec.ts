import type { Page } from '@playwright/test'

import { createServer, join, register } from '../support/api'
import { settingsOf, signedIn } from '../support/browser'
import { codesOf, protect } from '../support/codes'
import { expect, test } from '../support/test'

const graceDays = 14

/** The day on which an account is erased whose deletion begins now. */
function lastDay(): string {
  const end = new Date(Date.now() + graceDays * 86_400_000)
  return end.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
}

async function wish(page: Page) {
  await page.getByRole('button', { name: 'Delete account' }).click()
  return page.getByRole('alertdialog', { name: 'Delete your account?' })
}

test('who deletes their account is signed out everywhere, and keeps it when they come back in time', async ({ browser }) => {
  const ada = await register()
  const other = await signedIn(browser, ada)
  const page = await signedIn(browser, ada, '/settings/account')
  await expect(other.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()

  const dialog = await wish(page)
  await expect(dialog.getByText('Your messages and their files, by “Deleted user”.')).toBeVisible()
  await expect(dialog.getByText(`For ${graceDays} days`)).toBeVisible()
  const password = dialog.getByLabel('Your password', { exact: true })
  await password.fill('not this one')
  await password.press('Enter')
  await expect(password).toHaveAccessibleDescription('This is not your password.')
  await expect(password).toBeFocused()
  await password.fill(ada.password)
  await password.press('Enter')

  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  const farewell = page.getByText(/^Your account will be erased on/)
  await expect(farewell).toContainText(lastDay())
  await expect(other.getByRole('heading', { name: 'Welcome back' })).toBeVisible()

  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const bar = page.getByRole('status').filter({ hasText: `Your account will be erased on ${lastDay()}.` })
  await expect(bar).toBeVisible()
  const third = await signedIn(browser, ada, '/settings/account')
  await expect(third.getByText(/Until then you can keep it/)).toContainText(lastDay())
  await expect(third.getByRole('button', { name: 'Delete account' })).toHaveCount(0)

  await bar.getByRole('button', { name: 'Keep my account' }).click()
  await expect(page.getByText('You keep your account.')).toBeVisible()
  await expect(bar).toHaveCount(0)
  // Wherever else one has signed in meanwhile, it is heard of at once.
  await expect(third.getByRole('button', { name: 'Delete account' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await expect(bar).toHaveCount(0)
})

test('servers that one owns are handed over first', async ({ browser }) => {
  const [ada, bob] = [await register(), await register('Bob', 'Ohm')]
  const [choir, chess] = [await createServer(ada, 'Choir'), await createServer(ada, 'Chess')]
  await join(bob, choir)
  const page = await signedIn(browser, ada, '/settings/account')
  const dialog = await wish(page)
  await expect(dialog.getByRole('link')).toHaveText(['Choir', 'Chess'])
  await expect(dialog.getByLabel('Your password', { exact: true })).toHaveCount(0)
  await expect(dialog.getByRole('button', { name: 'Delete account' })).toBeDisabled()

  await dialog.getByRole('link', { name: 'Choir' }).click()
  await expect(page).toHaveURL(settingsOf(choir, 'danger'))
  await page.getByRole('button', { name: 'Choose the new owner' }).click()
  await page.getByRole('button', { name: 'Choose: Bob Ohm' }).click()
  await page.getByLabel('Write Choir to confirm').fill('Choir')
  await page.getByRole('button', { name: 'Give the server' }).click()
  await expect(page.getByRole('button', { name: 'Choose the new owner' })).toHaveCount(0)

  await page.goto(settingsOf(chess, 'danger'))
  await page.getByRole('button', { name: 'Delete server' }).click()
  await page.getByRole('alertdialog').getByRole('textbox').fill('Chess')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete server' }).click()
  await expect(page).not.toHaveURL(/settings/)

  await page.goto('/settings/account')
  const again = await wish(page)
  await expect(again.getByRole('link')).toHaveCount(0)
  await again.getByLabel('Your password', { exact: true }).fill(ada.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await expect(page.getByText(/^Your account will be erased on/)).toBeVisible()
})

test('with two-factor sign-in, deleting an account asks for a code, too', async ({ browser }) => {
  const ada = await register()
  const { secret, recoveryCodes } = await protect(ada)
  const page = await signedIn(browser, ada, '/settings/account', {}, codesOf(secret)[1])
  const dialog = await wish(page)
  await dialog.getByLabel('Your password', { exact: true }).fill(ada.password)
  await dialog.getByRole('button', { name: 'Use a recovery code instead' }).click()
  const code = dialog.getByLabel('Recovery code')
  await code.fill('aaaa-bbbb-cccc')
  await code.press('Enter')
  await expect(code).toHaveAccessibleDescription(/This code is not right, or it was used already\./)
  await code.fill(recoveryCodes[0] ?? '')
  await code.press('Enter')
  await expect(page.getByText(/^Your account will be erased on/)).toBeVisible()
})

test('who thinks better of it changes nothing', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada, '/settings/account')
  const dialog = await wish(page)
  await dialog.getByLabel('Your password', { exact: true }).fill(ada.password)
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Delete account' })).toBeFocused()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Delete account' })).toBeVisible()
})
