import { register } from '../support/api'
import { signIn } from '../support/browser'
import { factorsOf, fillInPage, signInByPage } from '../support/keycloak'
import { expect, test } from '../support/test'

test('somebody else is signed in at Keycloak in the same browser: what I set up is set up for me alone', async ({ page }) => {
  const [bob, ada] = [await register('Bob', 'Ohm'), await register()]
  await signInByPage(page, bob)
  await expect(page).toHaveURL(/\/settings\/security$/)
  // Ada signs in by Beep's own form; Keycloak still has Bob.
  await signIn(page, ada)
  await page.goto('/settings/security')
  await page.getByRole('button', { name: 'Add an app for codes' }).click()
  // She is asked who she is, and proposed; Bob's password is not asked for.
  await expect(page.locator('#username')).toHaveValue(ada.username)
  await fillInPage(page, bob.email, bob.password)
  const told = 'You signed in as somebody else there, so nothing was changed. Try again, with this account.'
  await expect(page.getByText(told)).toBeVisible()
  await expect(page).toHaveURL(/\/settings\/security$/)

  await page.getByRole('button', { name: 'Add an app for codes' }).click()
  await page.locator('#password').fill(ada.password)
  await page.locator('#password').press('Enter')
  await expect(page.locator('#totp')).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Nothing was changed.')).toBeVisible()
  expect(await factorsOf(bob.username)).toEqual([])
})
