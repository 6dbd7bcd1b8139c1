import { register, unique } from '../support/api'
import { choose, signIn } from '../support/browser'
import { endSessions, fillInPage, student } from '../support/keycloak'
import { expect, test } from '../support/test'

const welcome = { name: /Welcome to Beep/ }
const outside = { name: 'Welcome back' }
const otherWay = { name: 'School account or passkey' }

test('an account is made by the form, whose errors stand at their fields (A5)', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  const name = unique('ada')
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Byron')
  await page.getByLabel('Username').fill(name)
  const email = page.getByLabel('E-mail')
  const password = page.getByLabel('Password', { exact: true })
  // A student's who was never here: the directory has it.
  await email.fill(student('francois.lefevre').email)
  await password.fill('correct horse battery')
  await password.press('Enter')
  await expect(email).toBeFocused()
  await expect(email).toHaveAccessibleDescription('This is taken already.')
  await email.fill(`${name}@beep.example`)
  await password.fill('password123')
  await password.press('Enter')
  await expect(password).toBeFocused()
  await expect(password).toHaveAccessibleDescription('This is one of the first that anybody would try.')
  await password.fill('correct horse battery')
  await password.press('Enter')
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await expect(page.getByRole('heading', welcome)).toBeVisible()
})

test('by Keycloak’s page one comes back to where one wanted to be; a log-out ends both, in every tab (A2, A4)', async ({ page, context }) => {
  const ada = await register()
  await page.goto('/settings/appearance')
  await page.getByRole('link', otherWay).click()
  await fillInPage(page, ada.email, 'not the password')
  await expect(page.getByText('That e-mail and password do not go together.')).toBeVisible()
  await fillInPage(page, ada.email, ada.password)
  await expect(page).toHaveURL(/\/settings\/appearance$/)

  const tab = await context.newPage()
  await tab.goto('/')
  await expect(tab.getByRole('heading', welcome)).toBeVisible()
  await page.goto('/')
  await choose(page, /^Ada Byron/, 'Sign out')
  for (const left of [page, tab]) {
    await expect(left.getByRole('heading', outside)).toBeVisible()
    await expect(left).toHaveURL(/\/sign-in$/)
  }
  // Keycloak does not know the browser any more either.
  await page.getByRole('link', otherWay).click()
  await expect(page.locator('#password')).toBeVisible()
})

test('a session that ends at Keycloak ends in every open client (A4)', async ({ page, browser }) => {
  const ada = await register()
  await signIn(page, ada)
  await page.goto('/')
  const other = await (await browser.newContext()).newPage()
  await other.goto('/')
  await other.getByRole('link', otherWay).click()
  await fillInPage(other, ada.email, ada.password)
  for (const open of [page, other]) await expect(open.getByRole('heading', welcome)).toBeVisible()
  await endSessions(ada.username)
  for (const open of [page, other]) await expect(open.getByRole('heading', outside)).toBeVisible()
})

test('who comes back with an error is told why, once, and still comes to where they wanted to be', async ({ page }) => {
  const ada = await register()
  await page.goto('/settings/appearance')
  await page.getByRole('link', otherWay).click()
  const state = new URL(page.url()).searchParams.get('state')
  await page.goto(`/api/v1/auth/callback?error=access_denied&state=${state}`)
  await expect(page.getByRole('alert').filter({ hasText: 'You are not signed in' })).toBeVisible()
  await expect(page).toHaveURL(/\/sign-in$/)
  await page.getByRole('link', otherWay).click()
  await fillInPage(page, ada.email, ada.password)
  await expect(page).toHaveURL(/\/settings\/appearance$/)
})

test('an error that nobody knows is not repeated', async ({ page }) => {
  await page.goto('/sign-in?error=call_this_number')
  await expect(page.getByRole('alert').filter({ hasText: 'You are not signed in' })).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('E-mail')).toBeVisible()
  await expect(page.getByText('You are not signed in')).toHaveCount(0)
})

test('without the own form there is one button', async ({ page }) => {
  const answer = { items: [{ id: 'keycloak', name: 'Beep' }], password: false, registration: true }
  await page.route('**/api/v1/auth/providers', (route) => route.fulfill({ json: answer }))
  await page.goto('/')
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await expect(page.locator('#password')).toBeVisible()
})

test('all of it speaks French, also where only Beep was asked to', async ({ page }) => {
  await page.goto('/sign-in?error=sign_in_not_begun')
  await page.getByRole('button', { name: 'Français' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Cela a pris trop de temps' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Continuer avec Google' })).toBeVisible()
  await page.getByRole('link', { name: 'Compte de l’école' }).click()
  await expect(page.getByRole('heading', { name: 'Content de vous revoir' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Se connecter' })).toBeVisible()
})
