/** The screens that keep others out of an account, for the walk through all of them. */
import type { Page } from '@playwright/test'

import { call, register } from './api'
import { signedIn } from './browser'
import { codeAt, type Protected } from './codes'
import { contextOf } from './looks'
import { expect } from './test'
import type { Tour } from './tour'

/** Passwords, codes, and what links in mails lead to. */
export async function security(here: Tour): Promise<void> {
  const { browser, look, words: t, visit } = here
  const owner = await register('Léo', 'Garnier')
  await call(owner.token, 'PATCH', '/users/@me/settings', { language: look.language })
  const page = await signedIn(browser, owner, '/settings/security', contextOf(look))
  await expect(page.getByRole('button', { name: t('Switch on') })).toBeVisible()
  await visit(page, 'settings-security')
  await page.getByRole('button', { name: t('Change password') }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel(t('Current password'), { exact: true }).fill('not this one')
  await dialog.getByLabel(t('New password'), { exact: true }).fill('a difference engine')
  await page.keyboard.press('Enter')
  await expect(dialog.locator('[aria-invalid=true]')).toBeVisible()
  await visit(page, 'change-password-refused')
  await page.keyboard.press('Escape')
  const made = await switchingOn(here, page, owner.password)
  await page.getByRole('button', { name: t('Switch off') }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await visit(page, 'second-factor-off')
  await page.context().close()

  const outside = await (await browser.newContext(contextOf(look))).newPage()
  await outside.goto('/sign-in')
  await outside.getByLabel(t('E-mail'), { exact: true }).fill(owner.email)
  await outside.getByLabel(t('Password'), { exact: true }).fill(owner.password)
  await outside.getByRole('button', { name: t('Sign in') }).click()
  const code = outside.getByLabel(t('Code'), { exact: true })
  await expect(code).toBeFocused()
  await visit(outside, 'sign-in-code')
  // Used when it was switched on.
  await code.fill(codeAt(made.secret, made.at))
  await expect(outside.locator('[aria-invalid=true]')).toBeVisible()
  await visit(outside, 'sign-in-code-refused')
  await outside.getByRole('button', { name: t('Use a recovery code instead') }).click()
  await expect(outside.getByLabel(t('Recovery code'))).toBeFocused()
  await visit(outside, 'sign-in-recovery-code')
  await byMail(here, outside)
  await outside.context().close()
}

async function switchingOn({ words: t, visit }: Tour, page: Page, password: string): Promise<Protected & { at: number }> {
  await page.getByRole('button', { name: t('Switch on') }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel(t('Your password'), { exact: true }).fill(password)
  await visit(page, 'second-factor-on-1')
  await page.keyboard.press('Enter')
  await expect(dialog.locator('code')).toBeVisible()
  await visit(page, 'second-factor-on-2')
  const secret = (await dialog.locator('code').textContent()) ?? ''
  const at = Date.now()
  await dialog.getByLabel(t('Code'), { exact: true }).fill(codeAt(secret, at))
  const codes = dialog.getByRole('list', { name: t('Recovery codes') }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  await visit(page, 'second-factor-on-3')
  await page.keyboard.press('Escape')
  await expect(dialog.getByText(t('Keep the codes first, and tick that you have. They are not shown again.'))).toBeVisible()
  await visit(page, 'second-factor-on-3-reminded')
  const recoveryCodes = await codes.allTextContents()
  await dialog.getByLabel(t('I have kept them')).check()
  await dialog.getByRole('button', { name: t('Done') }).click()
  await expect(page.getByRole('button', { name: t('Switch off') })).toBeVisible()
  await visit(page, 'settings-security-on')
  return { secret, recoveryCodes, at }
}

async function byMail({ words: t, visit }: Tour, page: Page): Promise<void> {
  await page.goto('/forgot-password')
  await expect(page.getByRole('heading', { name: t('Forgotten your password?') })).toBeVisible()
  await expect(page.getByText(t('This Beep cannot send mail. Ask whoever runs it: an administrator can give you a link with which you set a new password.'))).toBeVisible()
  await visit(page, 'forgot-password-no-mail')
  await page.goto('/reset-password#token=nobody')
  await page.getByLabel(t('New password'), { exact: true }).fill('a difference engine')
  await visit(page, 'reset-password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: t('This link is not valid any more') })).toBeVisible()
  await visit(page, 'reset-password-expired')
  await page.goto('/confirm-email#token=nobody')
  await expect(page.getByRole('heading', { name: t('Confirm your new e-mail') })).toBeVisible()
  await visit(page, 'confirm-email')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: t('This link is not valid any more') })).toBeVisible()
  await visit(page, 'confirm-email-expired')
}
