import { register } from '../support/api'
import { signedIn } from '../support/browser'
import { command } from '../support/program'
import { expect, test } from '../support/test'

test('who is disabled while they look is signed out, and told why when they sign in (T6)', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada)
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await command('admin', 'disable', ada.username)
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()

  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill('not my password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'This account is disabled.' })).toBeVisible()

  await command('admin', 'enable', ada.username)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})
