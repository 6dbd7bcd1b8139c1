import type { Page } from '@playwright/test'

import { call, register } from '../support/api'
import { fillInPage, knownElsewhere, signInByPage } from '../support/keycloak'
import { contextOf } from '../support/looks'
import { expect, test } from '../support/test'

const security = /\/settings\/security$/
const google = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Google' })

async function comeByGoogle(page: Page, person: { username: string; password: string }) {
  await page.goto('/')
  await page.getByRole('link', { name: 'Continue with Google' }).click()
  await fillInPage(page, person.username, person.password)
}

test('an account at Google is linked in the settings, opens mine, and opens it no more once unlinked (A7)', async ({ page, browser }) => {
  const [ada, grace] = [await register(), await knownElsewhere()]
  await signInByPage(page, ada)
  await expect(google(page)).toContainText('Not linked')
  // Who changes their mind has linked nothing.
  await page.getByRole('button', { name: 'Link Google' }).click()
  await page.locator('#kc-cancel').click()
  await expect(page.getByText('Nothing was changed.')).toBeVisible()
  await expect(google(page)).toContainText('Not linked')

  await page.getByRole('button', { name: 'Link Google' }).click()
  await page.locator('#kc-continue').click()
  await fillInPage(page, grace.username, grace.password)
  await expect(page.getByText('How you sign in is changed.')).toBeVisible()
  await expect(page).toHaveURL(security)
  await expect(google(page)).toContainText(`Linked, as ${grace.username}`)

  const other = await (await browser.newContext()).newPage()
  await comeByGoogle(other, grace)
  await expect(other.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await other.goto('/settings/account')
  await expect(other.getByText(`@${ada.username}`).first()).toBeVisible()

  await page.getByRole('button', { name: 'Unlink Google' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Unlink Google?' })
  await dialog.getByLabel('Your password').fill('not the password')
  await dialog.getByRole('button', { name: 'Unlink' }).click()
  await expect(dialog.getByLabel('Your password')).toHaveAccessibleDescription(/./)
  await dialog.getByLabel('Your password').fill(ada.password)
  await dialog.getByRole('button', { name: 'Unlink' }).click()
  await expect(page.getByText('Google is unlinked.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Link Google' })).toBeFocused()

  const third = await (await browser.newContext()).newPage()
  await comeByGoogle(third, grace)
  await expect(third).toHaveURL(/\/auth\/complete$/)
})

const words = {
  en: {
    link: 'Link Google',
    elsewhere: 'That account opens another account here already, so it was not linked. Unlink it from that one first.',
  },
  fr: {
    link: 'Associer Google',
    elsewhere: 'Ce compte donne déjà accès à un autre compte ici : il n’a pas été associé. Dissociez-le d’abord de cet autre compte.',
  },
} as const

for (const language of ['en', 'fr'] as const) {
  test(`an account at Google that opens somebody else’s is not linked, and that is said (${language})`, async ({ browser }) => {
    const grace = await knownElsewhere()
    const said = words[language]
    const look = { viewport: 'desktop', theme: 'light', language } as const
    for (const mine of [true, false]) {
      const page = await (await browser.newContext(contextOf(look))).newPage()
      const person = await register()
      await call(person.token, 'PATCH', '/users/@me/settings', { language })
      await page.goto('/settings/security')
      await page.locator('a[href*="/providers/keycloak/"]').click()
      await fillInPage(page, person.email, person.password)
      await page.getByRole('button', { name: said.link }).click()
      await page.locator('#kc-continue').click()
      await fillInPage(page, grace.username, grace.password)
      await expect(page).toHaveURL(security)
      if (mine) await expect(google(page)).toContainText(grace.username)
      else await expect(page.getByText(said.elsewhere)).toBeVisible()
    }
  })
}

test('who has Google alone keeps it', async ({ page }) => {
  const grace = await knownElsewhere()
  await comeByGoogle(page, grace)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await page.goto('/settings/security')
  await page.getByRole('button', { name: 'Unlink Google' }).click()
  const last = 'Without it you could not sign in any more. Set a password or add a passkey first.'
  await expect(page.getByRole('alertdialog').getByText(last)).toBeVisible()
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Unlink' })).toBeDisabled()
})
