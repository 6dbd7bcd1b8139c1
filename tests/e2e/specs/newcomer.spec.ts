import { register } from '../support/api'
import { signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('who comes back as somebody new says who that is, though another was signed in here', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada)
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  // What Keycloak knows of whoever has signed in there, as the server tells their browser.
  const newcomer = { first_name: 'Linda', last_name: 'Okafor', email: 'linda@school.example', username: 'linda', return_to: '/' }
  await page.route('**/api/v1/auth/complete', (route) => route.fulfill({ json: newcomer }))
  await page.goto('/auth/complete')
  await expect(page.getByRole('heading', { name: 'Complete your account' })).toBeVisible()
  await expect(page.getByText('Linda Okafor')).toBeVisible()
  await expect(page.getByLabel('Username')).toHaveValue('linda')
})

test('where nobody new has come, whoever is signed in goes on', async ({ browser, page }) => {
  const ada = await register()
  const mine = await signedIn(browser, ada, '/auth/complete')
  await expect(mine.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await expect(mine).toHaveURL('/')

  await page.goto('/auth/complete')
  await expect(page.getByRole('heading', { name: 'This took too long' })).toBeVisible()
})
