import { register, unique } from '../support/api'
import { signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('a username changes twice, and it is told when it can be changed again (U3)', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada, '/settings/account')
  const other = await signedIn(browser, ada, '/settings/account')
  const dialog = page.getByRole('dialog', { name: 'Change username' })

  async function wish(username: string): Promise<void> {
    await page.getByRole('button', { name: 'Change username' }).click()
    await dialog.getByLabel('New username').fill(username)
    await page.keyboard.press('Enter')
  }

  const [first, second] = [unique('lovelace'), unique('byron')]
  await wish(first)
  await expect(page.getByText(`@${first}`)).toBeVisible()
  await expect(other.getByText(`@${first}`)).toBeVisible()
  await wish(second)
  await expect(page.getByText(`@${second}`)).toBeVisible()
  const again = new Date(Date.now() + 14 * 86_400_000)
  const date = again.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  for (const screen of [page, other]) {
    await expect(screen.getByText(/^You can change it again on/)).toContainText(date)
    await expect(screen.getByRole('button', { name: 'Change username' })).toHaveCount(0)
  }

  const bob = await register()
  const theirs = await signedIn(browser, bob, '/settings/account')
  await theirs.getByRole('button', { name: 'Change username' }).click()
  await theirs.getByLabel('New username').fill(first)
  await theirs.keyboard.press('Enter')
  await expect(theirs.getByText('This is taken already.')).toBeVisible()
})
