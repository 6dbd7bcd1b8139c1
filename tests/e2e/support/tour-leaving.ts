/** The screens of taking one's data along and of leaving, for the walk through all of them. */
import { call, createServer, register } from './api'
import { signedIn } from './browser'
import { contextOf } from './looks'
import { expect } from './test'
import type { Tour } from './tour'

/** A copy of one's data, the deletion of one's account, and the way back. */
export async function leaving({ browser, look, words: t, visit }: Tour): Promise<void> {
  const owner = await register('Nora', 'Lind')
  const server = await createServer(owner, 'Choir', 'private')
  await call(owner.token, 'PATCH', '/users/@me/settings', { language: look.language })
  const page = await signedIn(browser, owner, '/settings/account', contextOf(look))
  await page.getByRole('button', { name: t('Ask for a copy') }).click()
  await expect(page.getByRole('button', { name: t('Download'), exact: true })).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: t('Delete account') }).scrollIntoViewIfNeeded()
  await visit(page, 'your-data')
  await page.getByRole('button', { name: t('Delete account') }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('link', { name: 'Choir' })).toBeVisible()
  await visit(page, 'delete-account-owned')
  await call(owner.token, 'DELETE', `/servers/${server.id}`)
  const password = dialog.getByLabel(t('Your password'), { exact: true })
  await password.fill('not this one')
  await password.press('Enter')
  await expect(dialog.locator('[aria-invalid=true]')).toBeVisible()
  await visit(page, 'delete-account-refused')
  await password.fill(owner.password)
  await password.press('Enter')
  await expect(page.getByRole('heading', { name: t('Welcome back') })).toBeVisible()
  await visit(page, 'sign-in-farewell')
  await page.getByLabel(t('E-mail'), { exact: true }).fill(owner.email)
  await page.getByLabel(t('Password'), { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: t('Sign in') }).click()
  await expect(page.getByRole('button', { name: t('Keep my account') })).toBeVisible()
  await visit(page, 'deletion-bar')
  await page.goto('/settings/account')
  await page.getByRole('button', { name: t('Keep my account') }).last().scrollIntoViewIfNeeded()
  await visit(page, 'settings-account-leaving')
  await page.context().close()
}
