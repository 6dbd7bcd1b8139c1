import { createServer, register } from '../support/api'
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
