import { createServer, general, join, register } from '../support/api'
import { choose, flip, pathOf, save, settingsOf, signedIn } from '../support/browser'
import { pngOf } from '../support/picture'
import { expect, test } from '../support/test'

test('a server gets a picture, a banner, and channels with a special part (S7)', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  const page = await signedIn(browser, ada, settingsOf(server, 'overview'))
  for (const [button, remove, width] of [
    ['Change picture', 'Remove picture', 400],
    ['Change banner', 'Remove banner', 1_200],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await page.locator('input[type=file]').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: pngOf(width, 400) })
    await page.getByRole('button', { name: 'Use this picture' }).click()
    await expect(page.getByRole('button', { name: remove })).toBeVisible()
  }
  await page.getByLabel('Where newcomers start').selectOption({ label: 'general' })
  await page.getByLabel('Where it is said that somebody joined').selectOption({ label: 'general' })
  await save(page)
  await page.getByRole('button', { name: 'Remove banner' }).click()
  await expect(page.getByRole('button', { name: 'Remove banner' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Close settings' }).click()

  await join(await register('Tom', 'Bakker'), server)
  await expect(page.getByText('Tom Bakker joined the server')).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Servers' }).getByRole('link', { name: 'Chess club' }).locator('img')).toBeVisible()
})

test('changes wait for being saved, and can be taken back', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  const page = await signedIn(browser, ada, settingsOf(server, 'overview'))
  await page.getByLabel('Name').fill('Draughts club')
  await page.getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByLabel('Name')).toHaveValue('Chess club')
  await expect(page.getByText('There are changes that are not saved.')).toBeHidden()
})

test('nobody leaves changes behind that are not saved, by whatever way', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await choose(page, /server menu/, 'Server settings')
  await page.getByLabel('Name').fill('Draughts club')
  const refused = page.getByRole('alert').filter({ hasText: 'Save your changes first' })
  for (const leave of [
    () => page.keyboard.press('Escape'),
    () => page.getByRole('button', { name: 'Close settings' }).first().click(),
    () => page.getByRole('link', { name: 'Members' }).click(),
    () => page.goBack(),
  ]) {
    await leave()
    await expect(refused).toBeVisible()
    await expect(page).toHaveURL(new RegExp(`${settingsOf(server, 'overview')}$`))
    await expect(page.getByLabel('Name')).toHaveValue('Draughts club')
  }
  await save(page)
  await page.getByRole('link', { name: 'Roles' }).click()
  await page.getByRole('button', { name: 'Everyone' }).click()
  await flip(page, 'See channels')
  await page.getByRole('button', { name: 'All roles' }).click()
  await expect(refused).toBeVisible()
  await page.getByRole('button', { name: 'Reset' }).click()
  await page.getByRole('button', { name: 'All roles' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeVisible()
})

test('the audit log says who changed what, and what was there before', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const page = await signedIn(browser, ada, settingsOf(server, 'overview'))
  await page.getByLabel('Name').fill('Draughts club')
  await save(page)
  await page.getByRole('link', { name: 'Members' }).click()
  await page.getByRole('button', { name: 'Options of Tom Bakker' }).click()
  await page.getByRole('menuitem', { name: 'Remove from the server' }).click()
  await page.getByLabel('Reason (optional)').fill('Never came')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('@' + tom.username)).toHaveCount(0)

  await page.getByRole('link', { name: 'Audit log' }).click()
  const entries = page.getByRole('list', { name: 'Audit log' }).locator(':scope > li')
  await expect(entries).toHaveText([/Ada Byron removed Tom Bakker.*Never came/, /Ada Byron changed the server.*Chess club.*Draughts club/])
  await page.getByLabel('What was done').selectOption({ label: 'Member removed' })
  await expect(entries).toHaveText([/Ada Byron removed Tom Bakker/])
  await page.getByLabel('What was done').selectOption({ label: 'Member banned' })
  await expect(page.getByText('Nothing found')).toBeVisible()
  await page.getByLabel('What was done').selectOption({ label: 'Everything' })
  // What was done to her herself is nothing.
  await page.getByRole('button', { name: 'To whom' }).click()
  await page.getByRole('button', { name: 'Choose: Ada Byron' }).click()
  await expect(page.getByText('Nothing found')).toBeVisible()
  await page.getByRole('button', { name: 'To anybody' }).click()
  await expect(entries).toHaveCount(2)
})

test('an owner who wants to leave is told why not, and gives the server away', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  const member = await signedIn(browser, tom, pathOf(server, general(server)))
  await choose(page, /server menu/, 'Leave server')
  await expect(page.getByRole('dialog')).toContainText('A server always has an owner')
  await page.getByRole('dialog').getByRole('button', { name: 'Go there' }).click()
  await page.getByRole('button', { name: 'Choose the new owner' }).click()
  await page.getByRole('button', { name: 'Choose: Tom Bakker' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('button', { name: 'Give the server' })).toBeDisabled()
  await dialog.getByRole('textbox').fill('Chess club')
  await dialog.getByRole('button', { name: 'Give the server' }).click()
  // It is not hers to set any more.
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeVisible()
  await expect(member.getByRole('region', { name: 'Members' }).getByRole('button', { name: /Tom Bakker.*Owner/ })).toBeVisible()
  await choose(page, /server menu/, 'Leave server')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click()
  await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})

test('who may change nothing does not come to the settings', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const page = await signedIn(browser, tom, settingsOf(server, 'danger'))
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeVisible()
  await expect(page.getByText('Danger zone')).toHaveCount(0)
})
