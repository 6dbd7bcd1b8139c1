import { register, unique } from '../support/api'
import { choose, save } from '../support/browser'
import { fillInPage, forget, forgetAddress, known, student } from '../support/keycloak'
import { expect, test } from '../support/test'

const welcome = { name: /Welcome to Beep/ }

test('a student comes in with the school account and is asked for what is missing (A6)', async ({ browser, page }) => {
  const chloe = student('chloe.durand')
  await forget(chloe.username)
  await page.goto('/settings/devices')
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, chloe.username, chloe.password)

  await expect(page).toHaveURL(/\/auth\/complete$/)
  await expect(page.getByRole('main')).toContainText('Chloé Durand')
  await expect(page.getByRole('main')).toContainText(chloe.email)
  await expect(page.getByRole('textbox')).toHaveCount(1)
  const username = page.getByLabel('Username')
  await expect(username).toHaveValue('chloe.durand')
  await username.fill('not a name')
  await username.press('Enter')
  await expect(username).toBeFocused()
  await expect(username).toHaveAccessibleDescription(/not allowed/)
  const name = unique('chloe')
  await username.fill(name)
  await username.press('Enter')
  await expect(page.getByRole('heading', { name: 'Add a picture' })).toBeVisible()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  // Where they wanted to be before they were asked who they are.
  await expect(page).toHaveURL(/\/settings\/devices$/)
  await expect(page.getByText('This device')).toBeVisible()

  // Again, by Beep's own form: known, and asked for nothing.
  const again = await (await browser.newContext()).newPage()
  await again.goto('/')
  await again.getByLabel('E-mail').fill(chloe.email)
  await again.getByLabel('Password', { exact: true }).fill(chloe.password)
  await again.getByRole('button', { name: 'Sign in' }).click()
  await expect(again.getByRole('heading', welcome)).toBeVisible()
  await again.goto('/settings/account')
  await expect(again.getByText(`@${name}`).first()).toBeVisible()
  // What is Beep's own is changed here; what the directory keeps is not, and is said to be kept there.
  await again.getByLabel('About me').fill('Reads maps.')
  await save(again)
  await again.getByLabel('First name').fill('Chloe')
  await again.getByRole('button', { name: 'Save' }).click()
  await expect(again.getByRole('alert').filter({ hasText: 'kept where you sign in' })).toBeVisible()
})

test('what the directory does not say is asked for', async ({ page }) => {
  const nameless = student('sans.prenom')
  await forget(nameless.username)
  await page.goto('/')
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, nameless.username, nameless.password)
  await page.getByLabel('First name').fill('Camille')
  await page.getByLabel('E-mail').fill(`${unique('camille')}@polytech.example`)
  await expect(page.getByLabel('Last name')).toHaveCount(0)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Add a picture' })).toBeVisible()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await expect(page.getByRole('heading', welcome)).toBeVisible()
})

test('whoever is new and uses the own form is asked who they want to be', async ({ page }) => {
  const zoe = student('zoe.noel')
  await forget(zoe.username)
  await page.goto('/settings/appearance')
  await page.getByLabel('E-mail').fill(zoe.email)
  await page.getByLabel('Password', { exact: true }).fill(zoe.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Complete your account' })).toBeVisible()
  await page.getByLabel('Username').fill(unique('zoe'))
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await expect(page).toHaveURL(/\/settings\/appearance$/)
})

test('whoever came as the wrong person signs in as somebody else, and comes to where they wanted to be', async ({ page }) => {
  const wrong = await known({ firstName: 'Ada', lastName: 'Byron', email: `${unique('wrong')}@beep.example` })
  const ada = await register()
  await page.goto('/settings/appearance')
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, wrong.username, wrong.password)
  await page.getByRole('button', { name: 'Sign in as somebody else' }).click()
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, ada.email, ada.password)
  await expect(page).toHaveURL(/\/settings\/appearance$/)
})

test('somebody comes in with Google for the first time, and then without being asked anything (A7)', async ({ page }) => {
  await forget('gaelle')
  await page.goto('/')
  await page.getByRole('link', { name: 'Continue with Google' }).click()
  await fillInPage(page, 'gaelle', 'gaelle-secret')
  // What Google has told is asked for by nobody.
  await expect(page.getByRole('heading', { name: 'Complete your account' })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('gaelle@google.example')
  await expect(page.getByRole('textbox')).toHaveCount(1)
  await expect(page.getByLabel('Username')).not.toHaveValue('')
  await page.getByLabel('Username').fill(unique('gaelle'))
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await expect(page.getByRole('heading', welcome)).toBeVisible()

  await choose(page, /^Gaëlle/, 'Sign out')
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await page.getByRole('link', { name: 'Continue with Google' }).click()
  await expect(page.getByRole('heading', welcome)).toBeVisible()
})

test('an account from before is linked only to who has its password, too (A7)', async ({ page }) => {
  await forgetAddress('ines@demo.example')
  const ines = await known({ firstName: 'Inès', lastName: 'Moreau', email: 'ines@demo.example' })
  // She has written messages, too.
  const me = /^Inès Moreau .*status/
  await page.goto('/')
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, ines.username, ines.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'There is an account with this e-mail already' })).toBeVisible()
  await page.getByRole('button', { name: 'It is mine: link it' }).click()
  await expect(page.getByLabel('E-mail')).toHaveValue('ines@demo.example')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill(ines.password)
  await password.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()
  await password.fill('beep-demo-2026')
  await password.press('Enter')
  await choose(page, me, 'Sign out')
  // From now on, by Keycloak alone.
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, ines.username, ines.password)
  await expect(page.getByRole('button', { name: me })).toBeVisible()
})

test('who comes to the last step without having begun is told so', async ({ page }) => {
  await page.goto('/auth/complete')
  await expect(page.getByRole('heading', { name: 'This took too long' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to signing in' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})
