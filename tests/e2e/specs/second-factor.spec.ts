import { readFileSync } from 'node:fs'

import type { Browser, Page } from '@playwright/test'

import { type Account, call, register } from '../support/api'
import { signedIn } from '../support/browser'
import { codeAt, codesOf, protect } from '../support/codes'
import { expect, test } from '../support/test'

test('the codes of the tests are those of RFC 6238', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  expect([59, 1_111_111_109, 20_000_000_000].map((second) => codeAt(secret, second * 1_000))).toEqual(['287082', '081804', '353130'])
})

/** Gives e-mail and password in a browser of its own. */
async function firstStep(browser: Browser, { email, password }: Account): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  return page
}

const refused = 'This code is not right, or it was used already.'

test('two-factor sign-in is switched on in three steps, and other tabs follow (A3)', async ({ browser }) => {
  const ada = await register()
  const [page, other] = await Promise.all([1, 2].map(() => signedIn(browser, ada, '/settings/security')))
  if (page === undefined || other === undefined) throw new Error('two pages')
  await expect(other.getByRole('button', { name: 'Switch on' })).toBeVisible()
  await page.getByRole('button', { name: 'Switch on' }).click()

  const dialog = page.getByRole('dialog').last()
  const password = dialog.getByLabel('Your password', { exact: true })
  await expect(password).toBeFocused()
  await password.fill('not this one')
  await password.press('Enter')
  await expect(password).toHaveAccessibleDescription('This is not your password.')
  await expect(password).toBeFocused()
  await password.fill(ada.password)
  await password.press('Enter')

  // Scanned, or typed from what stands beneath.
  const picture = dialog.getByRole('img', { name: 'QR code for your app' })
  await expect(picture).toHaveJSProperty('complete', true)
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0)
  const secret = (await dialog.locator('code').textContent()) ?? ''
  const code = dialog.getByLabel('Code', { exact: true })
  await expect(code).toBeFocused()
  const [now] = codesOf(secret)
  await code.pressSequentially(now === '000000' ? '000001' : '000000')
  await expect(code).toHaveAccessibleDescription(refused)
  await code.fill(codesOf(secret)[0])

  await expect(dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')).toHaveCount(10)
  const codes = await dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents()
  // They cannot be passed over.
  await expect(dialog.getByRole('button', { name: 'Done' })).toBeDisabled()
  await page.keyboard.press('Escape')
  await expect(dialog.getByText('Keep the codes first, and tick that you have.')).toBeVisible()
  const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download as text' }).click()])
  expect(file.suggestedFilename()).toBe('beep-recovery-codes.txt')
  const kept = readFileSync(await file.path(), 'utf8')
  expect(kept.split('\n').filter((line) => codes.includes(line))).toEqual(codes)
  expect(kept).toContain(ada.email)
  await dialog.getByLabel('I have kept them').check()
  await dialog.getByRole('button', { name: 'Done' }).click()

  await expect(page.getByText('10 recovery codes are left.')).toBeVisible()
  await expect(other.getByText('10 recovery codes are left.')).toBeVisible()
})

test('signing in asks for the code of the app, and takes each once', async ({ browser }) => {
  const ada = await register()
  const { secret } = await protect(ada)
  const page = await firstStep(browser, ada)
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
  const code = page.getByLabel('Code', { exact: true })
  await expect(code).toBeFocused()
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code')
  await expect(code).toHaveAttribute('inputmode', 'numeric')

  // What was refused is still there, and the next typing takes its place.
  const [used, next] = codesOf(secret)
  const wrong = [used, next].includes('123456') ? '123457' : '123456'
  await code.pressSequentially(wrong)
  await expect(code).toHaveAccessibleDescription(refused)
  await expect(code).toHaveValue(wrong)
  await page.keyboard.type(next.slice(0, 3))
  await expect(code).toHaveValue(next.slice(0, 3))
  await page.getByRole('button', { name: 'Back' }).click()
  await expect(page.getByLabel('E-mail')).toHaveValue(ada.email)
  await page.getByRole('button', { name: 'Sign in' }).click()
  // Pasted with a blank in the middle, it goes by itself.
  await page.getByLabel('Code', { exact: true }).fill(`${next.slice(0, 3)} ${next.slice(3)}`)
  await expect(page.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()

  const thief = await firstStep(browser, ada)
  await thief.getByLabel('Code', { exact: true }).fill(next)
  await expect(thief.getByLabel('Code', { exact: true })).toHaveAccessibleDescription(refused)
})

test('a recovery code signs in once, new ones take their place, and the factor is switched off', async ({ browser }) => {
  const ada = await register()
  const { recoveryCodes } = await protect(ada)
  const [first = '', second = '', third = ''] = recoveryCodes
  const page = await firstStep(browser, ada)
  await page.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await expect(page.getByLabel('Recovery code')).toBeFocused()
  await page.getByLabel('Recovery code').fill(first.toUpperCase().replace('-', ''))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()

  const again = await firstStep(browser, ada)
  await again.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await again.getByLabel('Recovery code').fill(first)
  await again.keyboard.press('Enter')
  await expect(again.getByLabel('Recovery code')).toHaveAccessibleDescription(refused)

  await page.goto('/settings/security')
  await expect(page.getByText('9 recovery codes are left.')).toBeVisible()
  await page.getByRole('button', { name: 'New recovery codes' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('Your password', { exact: true }).fill(ada.password)
  await dialog.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await dialog.getByLabel('Recovery code').fill(second)
  await page.keyboard.press('Enter')
  const list = dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(list).toHaveCount(10)
  const fresh = await list.allTextContents()
  await dialog.getByLabel('I have kept them').check()
  await dialog.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Switch off' }).click()
  const off = page.getByRole('alertdialog')
  await off.getByLabel('Your password', { exact: true }).fill(ada.password)
  await off.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await off.getByLabel('Recovery code').fill(third)
  await page.keyboard.press('Enter')
  await expect(off.getByLabel('Recovery code')).toHaveAccessibleDescription(refused)
  await off.getByLabel('Recovery code').fill(fresh[0] ?? '')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Switch on' })).toBeVisible()
  await expect(page.getByText('Two-factor sign-in is off.')).toBeVisible()

  const plain = await firstStep(browser, ada)
  await expect(plain.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()
})

test('few recovery codes are warned of', async ({ browser }) => {
  const ada = await register()
  const { recoveryCodes } = await protect(ada)
  const { email, password } = ada
  for (const code of recoveryCodes.slice(3)) await call(null, 'POST', '/auth/login', { email, password, code })
  const page = await signedIn(browser, ada, '/settings/security', {}, recoveryCodes[2])
  await expect(page.getByText('Only 2 recovery codes are left. Make new ones before you need them.')).toBeVisible()
})

test('who tries many codes waits, and is told how long', async ({ browser }) => {
  const ada = await register()
  const { secret } = await protect(ada)
  const page = await firstStep(browser, ada)
  const code = page.getByLabel('Code', { exact: true })
  const wrong = [...Array(12).keys()].map((number) => String(number).padStart(6, '0')).filter((guess) => !codesOf(secret).includes(guess))
  let status = 0
  for (const guess of wrong) {
    const [answer] = await Promise.all([page.waitForResponse('**/auth/login'), code.fill(guess)])
    status = answer.status()
    if (status === 429) break
    await expect(code).toHaveAccessibleDescription(refused)
  }
  expect(status).toBe(429)
  await expect(page.getByRole('alert').filter({ hasText: /That was too often\. Try again in \d+ seconds\./ })).toBeVisible()
  await expect(code).toBeFocused()
})
