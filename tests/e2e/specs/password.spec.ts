import { type Account, register } from '../support/api'
import { signedIn } from '../support/browser'
import { expect, test } from '../support/test'

const fresh = 'a difference engine'

async function change(account: Account, page: Awaited<ReturnType<typeof signedIn>>, endOthers: boolean): Promise<void> {
  await page.getByRole('button', { name: 'Change password' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('Current password', { exact: true }).fill(account.password)
  await dialog.getByLabel('New password', { exact: true }).fill(fresh)
  await dialog.getByLabel('Sign out my other devices').setChecked(endOthers)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your password is changed.')).toBeVisible()
}

test('a new password signs out the other devices, and this one stays (U4)', async ({ browser }) => {
  const ada = await register()
  const other = await signedIn(browser, ada)
  const page = await signedIn(browser, ada, '/settings/security')
  await expect(other.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await change(ada, page, true)
  await expect(other.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await page.goto('/settings/devices')
  await expect(page.getByText('This device')).toBeVisible()
  await expect(page.getByRole('dialog').getByRole('listitem').getByRole('button', { name: /^Sign out/ })).toHaveCount(0)

  await other.getByLabel('E-mail').fill(ada.email)
  await other.getByLabel('Password', { exact: true }).fill(ada.password)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await expect(other.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()
  await other.getByLabel('Password', { exact: true }).fill(fresh)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await expect(other.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})

test('the other devices stay signed in where that is wished', async ({ browser }) => {
  const ada = await register()
  const other = await signedIn(browser, ada)
  const page = await signedIn(browser, ada, '/settings/security')
  await change(ada, page, false)
  await other.reload()
  await expect(other.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})

test('what is wrong with a new password is said at its field', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada, '/settings/security')
  await page.getByRole('button', { name: 'Change password' }).click()
  const dialog = page.getByRole('dialog').last()
  const current = dialog.getByLabel('Current password', { exact: true })
  const wanted = dialog.getByLabel('New password', { exact: true })
  await expect(current).toBeFocused()
  await current.fill('not this one')
  await wanted.fill('short')
  await expect(dialog.getByText('Weak: make it longer')).toBeVisible()
  await wanted.fill(fresh)
  await wanted.press('Enter')
  await expect(current).toBeFocused()
  await expect(current).toHaveAccessibleDescription('This is not your password.')
  await expect(wanted).toHaveValue(fresh)
  await current.fill(ada.password)
  await wanted.fill('password123')
  await wanted.press('Enter')
  await expect(wanted).toBeFocused()
  await expect(wanted).toHaveAccessibleDescription('This is one of the first that anybody would try.')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Change password' })).toBeFocused()
})
