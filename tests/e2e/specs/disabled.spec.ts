import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { register } from '../support/api'
import { signedIn } from '../support/browser'
import { beepBinary } from '../support/program'
import { expect, test } from '../support/test'

const run = promisify(execFile)

test('who is disabled while they look is signed out, and told why when they sign in (T6)', async ({ browser }) => {
  test.skip(process.env.BEEP_TEST_SHAPE === 'apart', 'the command needs the configuration of users')
  const ada = await register()
  const page = await signedIn(browser, ada)
  const data = process.env.BEEP_TEST_DATA ?? ''
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await run(beepBinary(), ['admin', 'disable', ada.username, '--data-dir', data])
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()

  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill('not my password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'This account is disabled.' })).toBeVisible()

  await run(beepBinary(), ['admin', 'enable', ada.username, '--data-dir', data])
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})
