import type { Page } from '@playwright/test'

import { unique } from '../support/api'
import { fillInPage, known } from '../support/keycloak'
import { accessible, fits, settled } from '../support/looking'
import { contextOf, type Look, nameOf } from '../support/looks'
import { expect, test } from '../support/test'

/** Both themes and both languages. */
const few: Look[] = [
  { viewport: 'desktop', theme: 'light', language: 'en' },
  { viewport: 'phone', theme: 'dark', language: 'fr' },
]

/** The others, for a person who wants to see them: `BEEP_TEST_LOOKS=all`. */
const more: Look[] = [
  { viewport: 'desktop', theme: 'dark', language: 'fr' },
  { viewport: 'phone', theme: 'dark', language: 'en' },
  { viewport: 'phone', theme: 'light', language: 'fr' },
]

const looks = process.env.BEEP_TEST_LOOKS === 'all' ? [...few, ...more] : few

for (const look of looks) {
  test(`the screens of signing in fit and are accessible, ${nameOf(look)}`, async ({ browser }) => {
    const seen = async (page: Page, screen: string) => {
      await settled(page)
      await fits(page, screen)
      await accessible(page, screen)
      await page.screenshot({ path: `../../artefacts/screenshots/${nameOf(look)}/keycloak-${screen}.png`, fullPage: true })
    }
    const context = await browser.newContext(contextOf(look))
    const page = await context.newPage()
    const ownPage = page.locator('a[href*="/providers/keycloak/"]')

    await page.goto('/sign-in?error=identity_unavailable')
    await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible()
    await expect(ownPage).toBeVisible()
    await seen(page, 'sign-in-error')
    await page.goto('/sign-in')
    await expect(ownPage).toBeVisible()
    await seen(page, 'sign-in')
    await page.goto('/sign-up')
    await expect(ownPage).toBeVisible()
    await seen(page, 'sign-up')
    await page.goto('/auth/complete')
    await expect(page.locator('[tabindex="-1"]')).toBeFocused()
    await seen(page, 'complete-over')

    await page.goto('/sign-in')
    await page.route('**/api/v1/auth/providers', async (route) => {
      const answer = await (await route.fetch()).json()
      await route.fulfill({ json: { ...answer, password: false } })
    })
    await page.goto('/sign-in')
    await expect(page.getByRole('textbox')).toHaveCount(0)
    await seen(page, 'sign-in-without-form')

    await ownPage.click()
    await expect(page.locator('#password')).toBeVisible()
    await seen(page, 'own-page')
    const nameless = await known({})
    await fillInPage(page, nameless.username, 'not the password')
    await expect(page.locator('#input-error-username')).toBeVisible()
    await seen(page, 'own-page-error')
    await fillInPage(page, nameless.username, nameless.password)
    await expect(page.getByRole('textbox')).toHaveCount(4)
    await seen(page, 'complete-all')
    for (const [name, value] of [['first_name', 'Inès'], ['last_name', 'Moreau'], ['email', 'ines@demo.example']]) {
      await page.locator(`input[name="${name}"]`).fill(value ?? '')
    }
    await page.locator('input[name="email"]').press('Enter')
    const link = page.getByRole('alert').locator('+ button')
    await expect(link).toBeVisible()
    await seen(page, 'complete-taken')
    await link.click()
    await expect(page.locator('input[name="password"]')).toBeVisible()
    await seen(page, 'link')

    const other = await (await browser.newContext(contextOf(look))).newPage()
    await other.goto('/sign-in')
    await other.locator('a[href*="/providers/google/"]').click()
    // Somebody has this address already; for another look, perhaps.
    await known({ email: 'victim@beep.example' }).catch(() => null)
    await fillInPage(other, 'imposter', 'imposter-secret')
    await expect(other.locator('button[value="linkAccount"]')).toBeVisible()
    await seen(other, 'google-known')

    const named = await known({ firstName: 'Maximilienne-Élisabeth', lastName: 'Vandenbroucke-Delacroix', email: `${unique('m')}@polytech.example` })
    const third = await (await browser.newContext(contextOf(look))).newPage()
    await third.goto('/sign-in')
    await third.locator('a[href*="/providers/keycloak/"]').click()
    await fillInPage(third, named.username, named.password)
    await expect(third).toHaveURL(/\/auth\/complete$/)
    await expect(third.getByRole('textbox')).toHaveCount(1)
    await seen(third, 'complete')
  })
}
