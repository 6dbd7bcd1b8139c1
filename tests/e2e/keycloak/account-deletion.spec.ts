import { register } from '../support/api'
import { deviceOf } from '../support/device'
import { addKey, fillInPage, signInByPage } from '../support/keycloak'
import { expect, test } from '../support/test'

test('who has a passkey shows at Keycloak that the account is theirs, deletes it, and keeps it all the same', async ({ page }) => {
  const device = await deviceOf(page)
  const ada = await register()
  await signInByPage(page, ada)
  await addKey(page, 'Add a passkey', 'My laptop')
  await device.setPresent(false)
  await page.goto('/settings/account')

  await page.getByRole('button', { name: 'Delete account' }).click()
  const asking = page.getByRole('alertdialog', { name: 'Delete your account?' })
  const again = asking.getByRole('button', { name: 'Sign in again to go on' })
  await expect(asking.getByLabel('Your password', { exact: true })).toHaveCount(0)
  await again.click()
  // Who thinks better of it there has an account as before, and is asked anew.
  await expect(page.locator('#password')).toBeVisible()
  await page.goto('/settings/account')
  await page.getByRole('button', { name: 'Delete account' }).click()
  await device.setPresent(true)
  await again.click()
  await page.locator('#authenticateWebAuthnButton').click()
  // Back with a fresh proof, it is asked once more.
  await asking.getByRole('button', { name: 'Delete account' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await expect(page.getByText(/^Your account will be erased on/)).toBeVisible()

  // Keycloak knows the browser no more either.
  await device.setPresent(false)
  await page.goto('/')
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, ada.email, ada.password)
  const bar = page.getByRole('status').filter({ hasText: 'Your account will be erased on' })
  await bar.getByRole('button', { name: 'Keep my account' }).click()
  await expect(page.getByText('You keep your account.')).toBeVisible()
  await expect(bar).toHaveCount(0)
  await page.goto('/settings/account')
  await expect(page.getByRole('button', { name: 'Delete account' })).toBeVisible()
})
