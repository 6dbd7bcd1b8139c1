import type { Browser, Page } from '@playwright/test'

import { codeAt } from '../support/codes'
import { emptyInstance, type Instance } from '../support/instance'
import { linkIn, type Mailbox, mailbox } from '../support/mailbox'
import { register } from '../support/api'
import { signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test.describe.configure({ mode: 'serial' })

const password = 'correct horse battery'
const fresh = 'a difference engine'

let mails: Mailbox
let beep: Instance

test.beforeAll(async () => {
  mails = await mailbox()
  beep = await emptyInstance({ BEEP_MAIL__SMTP_URL: mails.url, BEEP_MAIL__FROM: 'Beep <beep@example.org>' })
})

test.afterAll(async () => {
  await beep?.stop()
  await mails?.stop()
})

/** Somebody new, signed in in a browser of their own. */
async function somebody(browser: Browser, username: string, path = '/'): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: beep.url })).newPage()
  const data = { first_name: 'Ada', last_name: 'Byron', username, email: `${username}@example.org`, password }
  expect((await page.request.post('/api/v1/auth/register', { data })).status()).toBe(201)
  await page.goto(path)
  return page
}

async function visitor(browser: Browser, path: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: beep.url })).newPage()
  await page.goto(path)
  return page
}

test('a forgotten password is set anew by a link, once, and all devices are signed out', async ({ browser }) => {
  const device = await somebody(browser, 'forgetful')
  await expect(device.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  const page = await visitor(browser, '/sign-in')
  await page.getByLabel('E-mail').fill('forgetful@example.org')
  await page.getByRole('link', { name: 'Forgotten your password?' }).click()
  await expect(page.getByLabel('E-mail')).toHaveValue('forgetful@example.org')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByText('If there is an account with forgetful@example.org, a link')).toBeVisible()

  // Nobody learns here who has an account.
  await page.goto('/forgot-password')
  await page.getByLabel('E-mail').fill('nobody@example.org')
  await page.getByRole('button', { name: 'Send the link' }).click()
  await expect(page.getByText('If there is an account with nobody@example.org, a link')).toBeVisible()

  const [mail] = await mails.to('forgetful@example.org')
  const link = linkIn(mail, 'reset-password')
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'A new password' })).toBeVisible()
  expect(page.url()).toBe(`${beep.url}/reset-password`)
  await page.getByLabel('New password', { exact: true }).fill('password123')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('New password', { exact: true })).toHaveAccessibleDescription('This is one of the first that anybody would try.')
  await page.getByLabel('New password', { exact: true }).fill(fresh)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
  await expect(device.getByRole('heading', { name: 'Welcome back' })).toBeVisible()

  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill('forgetful@example.org')
  await page.getByLabel('Password', { exact: true }).fill(fresh)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()

  const late = await visitor(browser, link)
  await late.getByLabel('New password', { exact: true }).fill(`${fresh} again`)
  await late.keyboard.press('Enter')
  await expect(late.getByRole('heading', { name: 'This link is not valid any more' })).toBeVisible()
  await late.getByRole('button', { name: 'Ask for another link' }).click()
  await expect(late.getByRole('heading', { name: 'Forgotten your password?' })).toBeVisible()
})

test('a link from a mail does not open an account with a second factor', async ({ browser }) => {
  const owner = await somebody(browser, 'careful', '/settings/security')
  await owner.getByRole('button', { name: 'Switch on' }).click()
  const dialog = owner.getByRole('dialog').last()
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await owner.keyboard.press('Enter')
  const secret = (await dialog.locator('code').textContent()) ?? ''
  await dialog.getByLabel('Code', { exact: true }).fill(codeAt(secret, Date.now()))
  const codes = dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const [recovery = ''] = await codes.allTextContents()

  const page = await visitor(browser, '/forgot-password')
  await page.getByLabel('E-mail').fill('careful@example.org')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible()
  // Told of the second factor before.
  await expect.poll(async () => (await mails.to('careful@example.org')).some((mail) => mail.includes('/reset-password#'))).toBe(true)
  const mail = (await mails.to('careful@example.org')).find((candidate) => candidate.includes('/reset-password#'))
  await page.goto(linkIn(mail, 'reset-password'))
  await page.getByLabel('New password', { exact: true }).fill(fresh)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible()
  await page.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await page.getByLabel('Recovery code').fill('aaaaa-aaaaa')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Recovery code')).toHaveAccessibleDescription('This code is not right, or it was used already.')
  await page.getByLabel('Recovery code').fill(recovery)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
})

test('another e-mail counts once its link was opened, and the old one is told (U3)', async ({ browser }) => {
  const page = await somebody(browser, 'mover', '/settings/account')
  const ask = async (email: string, button: string) => {
    await page.getByRole('button', { name: button }).click()
    const dialog = page.getByRole('dialog').last()
    await dialog.getByLabel('New e-mail').fill(email)
    await dialog.getByLabel('Your password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await expect(page.getByText(`We sent a link to ${email}.`)).toBeVisible()
  }
  await ask('typo@example.org', 'Change e-mail')
  const [cancelled] = await mails.to('typo@example.org')
  await page.getByRole('button', { name: 'Cancel the change' }).click()
  await expect(page.getByText('We sent a link to')).toBeHidden()
  await ask('moved@example.org', 'Change e-mail')
  await mails.to('mover@example.org', 2)

  const elsewhere = await visitor(browser, linkIn(cancelled, 'confirm-email'))
  await elsewhere.getByRole('button', { name: 'Confirm this e-mail' }).click()
  await expect(elsewhere.getByRole('heading', { name: 'This link is not valid any more' })).toBeVisible()

  const [mail] = await mails.to('moved@example.org')
  await elsewhere.goto(linkIn(mail, 'confirm-email'))
  await expect(elsewhere.getByRole('heading', { name: 'Confirm your new e-mail' })).toBeVisible()
  expect(elsewhere.url()).toBe(`${beep.url}/confirm-email`)
  await elsewhere.getByRole('button', { name: 'Confirm this e-mail' }).click()
  await expect(elsewhere.getByRole('heading', { name: 'Your e-mail is changed' })).toBeVisible()
  // The settings that are open follow.
  await expect(page.getByText('moved@example.org', { exact: true })).toBeVisible()
  await expect(page.getByText('We sent a link to')).toBeHidden()
  // Of both changes, and of the one that went through.
  await mails.to('mover@example.org', 3)

  await elsewhere.goto('/sign-in')
  await elsewhere.getByLabel('E-mail').fill('moved@example.org')
  await elsewhere.getByLabel('Password', { exact: true }).fill(password)
  await elsewhere.getByRole('button', { name: 'Sign in' }).click()
  await expect(elsewhere.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})

test('a Beep that cannot send mail says so', async ({ browser, page }) => {
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Forgotten your password?' }).click()
  await expect(page.getByText('an administrator can give you a link')).toBeVisible()
  const ada = await register()
  const settings = await signedIn(browser, ada, '/settings/account')
  await expect(settings.getByText('This Beep cannot send mail, which a new e-mail needs.')).toBeVisible()
  await expect(settings.getByRole('button', { name: 'Change e-mail' })).toHaveCount(0)
})
