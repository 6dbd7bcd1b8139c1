import { channelLinks, message, write } from '../support/browser'
import { emptyInstance } from '../support/instance'
import { expect, test } from '../support/test'

test('an empty Beep greets the first user and leads to a first server', async ({ browser }) => {
  const beep = await emptyInstance()
  try {
    const page = await (await browser.newContext({ baseURL: beep.url })).newPage()
    await page.goto('/')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('First name').fill('Ada')
    await page.getByLabel('Last name').fill('Byron')
    await page.getByLabel('Username').fill('ada')
    await page.getByLabel('E-mail').fill('ada@example.org')
    await page.getByLabel('Password', { exact: true }).fill('a difference engine')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('button', { name: 'Skip for now' }).click()
    await expect(page.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()

    await page.getByRole('main').getByRole('button', { name: 'Find servers' }).click()
    await expect(page.getByText('There are no public servers yet')).toBeVisible()
    await page.goBack()
    await page.getByRole('main').getByRole('button', { name: 'Create a server' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Analytical Society')
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await expect(channelLinks(page)).toHaveText(['general'])
    await write(page, 'Is anybody here?')
    await expect(message(page, 'Is anybody here?')).toBeVisible()
  } finally {
    await beep.stop()
  }
})
