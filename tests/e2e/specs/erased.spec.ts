import type { Browser, Page } from '@playwright/test'

import { message, messages, write } from '../support/browser'
import { emptyInstance, type Instance } from '../support/instance'
import { expect, test } from '../support/test'

const password = 'correct horse battery'
const patience = { timeout: 30_000 }

let beep: Instance

test.beforeAll(async () => {
  beep = await emptyInstance({ BEEP_IDENTITY__DELETION_GRACE_DAYS: '0' })
})

test.afterAll(async () => {
  await beep?.stop()
})

/** Somebody new, signed in in a browser of their own, with what is needed to change something there. */
async function somebody(browser: Browser, first_name: string) {
  const page = await (await browser.newContext({ baseURL: beep.url })).newPage()
  const username = first_name.toLowerCase()
  const data = { first_name, last_name: 'Byron', username, email: `${username}@example.org`, password }
  const answer = await page.request.post('/api/v1/auth/register', { data })
  const { access_token } = (await answer.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}` }
  return { page, post: async (path: string, body: object) => (await page.request.post(`/api/v1${path}`, { data: body, headers })).json() }
}

async function leaveForGood(page: Page): Promise<void> {
  await page.goto('/settings/account')
  await page.getByRole('button', { name: 'Delete account' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByText('What goes, for good')).toBeVisible()
  await dialog.getByLabel('Your password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your account is being erased.')).toBeVisible()
}

test('what was written by somebody whose account is erased stays, without their name', async ({ browser }) => {
  const [bob, ada] = [await somebody(browser, 'Bob'), await somebody(browser, 'Ada')]
  const server = (await bob.post('/servers', { name: 'Choir', visibility: 'public' })) as { id: string }
  await ada.post(`/servers/${server.id}/join`, {})
  await ada.page.goto(`/channels/${server.id}`)
  await write(ada.page, 'Rehearsal on Monday')
  await bob.page.goto(`/channels/${server.id}`)
  const said = message(bob.page, 'Rehearsal on Monday')
  await expect(said.getByRole('button', { name: 'Ada Byron' })).toBeVisible()

  await leaveForGood(ada.page)
  // Whoever looks on sees it happen.
  await expect(said.getByText('Deleted user')).toBeVisible(patience)
  await expect(said.getByRole('button', { name: 'Deleted user' })).toHaveCount(0)
  await expect(bob.page.getByText('Ada Byron')).toHaveCount(0)
  await said.click({ button: 'right' })
  await expect(bob.page.getByRole('menuitem', { name: 'Reply' })).toBeVisible()
  await expect(bob.page.getByRole('menuitem', { name: 'Ban' })).toHaveCount(0)
  await bob.page.keyboard.press('Escape')

  await bob.page.goto('/settings/language')
  await bob.page.getByText('Français').click()
  await bob.page.goto(`/channels/${server.id}`)
  await expect(messages(bob.page)).not.toHaveCount(0)
  await expect(message(bob.page, 'Rehearsal on Monday').getByText('Utilisateur supprimé')).toBeVisible()

  await ada.page.getByLabel('E-mail').fill('ada@example.org')
  await ada.page.getByLabel('Password', { exact: true }).fill(password)
  await ada.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(ada.page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()
})

test('whose account is erased is not named any more where they have signed in', async ({ browser }) => {
  await somebody(browser, 'Clara')
  const email = 'clara@example.org'
  async function device(): Promise<Page> {
    const page = await (await browser.newContext({ baseURL: beep.url })).newPage()
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
    return page
  }
  const [here, there] = [await device(), await device()]
  const kept = (page: Page) => page.evaluate(() => localStorage.getItem('beep.accounts'))
  for (const page of [here, there]) expect(await kept(page)).toContain(email)
  await leaveForGood(here)
  for (const page of [here, there]) {
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Accounts on this device' })).toHaveCount(0)
    expect(await kept(page)).not.toContain(email)
  }
})
