import { createServer, register, unique } from '../support/api'
import { signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('the language follows the browser, and the setting wins (U1)', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Échecs')
  const visitor = await (await browser.newContext({ locale: 'fr-FR' })).newPage()
  await visitor.goto('/')
  await expect(visitor.getByRole('heading', { name: 'Content de vous revoir' })).toBeVisible()
  await expect(visitor.locator('html')).toHaveAttribute('lang', 'fr')
  await visitor.getByRole('button', { name: 'English' }).click()
  await expect(visitor.getByRole('heading', { name: 'Welcome back' })).toBeVisible()

  const page = await signedIn(browser, ada, `/channels/${server.id}`)
  await expect(page.getByRole('heading', { name: 'Welcome to general' })).toBeVisible()
  await page.goto('/settings/language')
  await page.getByRole('radio', { name: 'Français' }).check({ force: true })
  await expect(page.getByRole('heading', { name: 'Langue' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { name: 'Bienvenue dans general' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Bienvenue dans general' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr')
})

test('an account begins in the language in which it was made (U1)', async ({ browser }) => {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await page.goto('/sign-up')
  await page.getByRole('button', { name: 'Français' }).click()
  await page.getByLabel('Prénom').fill('Ada')
  await page.getByLabel('Nom', { exact: true }).fill('Byron')
  const username = unique('langue')
  await page.getByLabel('Nom d’utilisateur').fill(username)
  await page.getByLabel('E-mail').fill(`${username}@example.org`)
  await page.getByLabel('Mot de passe', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Créer le compte' }).click()
  await page.getByRole('button', { name: 'Passer pour l’instant' }).click()
  await expect(page.getByRole('heading', { name: 'Bienvenue sur Beep, Ada' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr')
})
