import { createChannel, createServer, general, join, register, send } from '../support/api'
import { channelLinks, choose, message, pathOf, save, signedIn, write } from '../support/browser'
import { expect, test } from '../support/test'

test('the owner creates a text channel, a voice channel and a folder; members see them at once (C1 to C3)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const owner = await signedIn(browser, ada, `/channels/${server.id}`)
  const member = await signedIn(browser, tom, `/channels/${server.id}`)
  await expect(channelLinks(member)).toHaveText(['general'])

  await choose(owner, /server menu/, 'Create folder')
  await owner.getByRole('dialog').getByLabel('Name').fill('Games')
  await owner.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await expect(member.getByRole('button', { name: 'Games', exact: true })).toBeVisible()

  await owner.getByRole('button', { name: 'Games', exact: true }).hover()
  await owner.getByRole('button', { name: 'Create a channel in Games' }).click()
  await owner.getByRole('dialog').getByLabel('Name').fill('openings')
  await owner.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await expect(owner.getByRole('heading', { name: 'Welcome to openings' })).toBeVisible()

  await choose(owner, /server menu/, 'Create voice channel')
  await owner.getByRole('dialog').getByLabel('Name').fill('Parlour')
  await owner.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await expect(channelLinks(member)).toHaveText(['general', /Parlour/, 'openings'])

  // A voice channel has its text chat.
  await write(owner, 'Anybody up for a game?')
  await channelLinks(member).filter({ hasText: 'Parlour' }).click()
  await expect(message(member, 'Anybody up for a game?')).toBeVisible()
  await expect(member.getByRole('button', { name: /Options of/ })).toHaveCount(0)
})

test('a channel is renamed, moved into a folder, and deleted (C4, C5, C7)', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  await createChannel(ada, server, { name: 'Games', kind: 'folder' })
  await createChannel(ada, server, { name: 'opening', kind: 'text' })
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await expect(channelLinks(page)).toHaveText(['general', 'opening'])

  await channelLinks(page).filter({ hasText: 'opening' }).hover()
  await choose(page, 'Options of opening', 'Channel settings')
  await page.getByRole('dialog').getByLabel('Name').fill('openings')
  await page.getByRole('dialog').getByLabel('Topic').fill('The first ten moves')
  await save(page)
  await page.keyboard.press('Escape')
  await channelLinks(page).filter({ hasText: 'openings' }).click()
  await expect(page.getByRole('banner').or(page.locator('header')).getByText('The first ten moves')).toBeVisible()

  await channelLinks(page).filter({ hasText: 'openings' }).hover()
  await choose(page, 'Options of openings', 'Move channel')
  await page.getByRole('dialog').getByLabel('Folder').selectOption({ label: 'Games' })
  await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click()
  const folder = page.getByRole('region', { name: 'Games' })
  await expect(folder.getByRole('link')).toHaveText(['openings'])

  await folder.getByRole('link').hover()
  await choose(page, 'Options of openings', 'Delete channel')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(channelLinks(page)).toHaveText(['general'])
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
})

test('deleting a folder says what it deletes, and asks (C7)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const folder = await createChannel(ada, server, { name: 'Games', kind: 'folder' })
  const openings = await createChannel(ada, server, { name: 'openings', kind: 'text', parent_id: folder.id })
  await createChannel(ada, server, { name: 'parlour', kind: 'voice', parent_id: folder.id })
  await send(ada, server, openings, 'e4')
  const owner = await signedIn(browser, ada, pathOf(server, general(server)))
  const member = await signedIn(browser, tom, pathOf(server, openings))
  await expect(message(member, 'e4')).toBeVisible()

  await owner.getByRole('button', { name: 'Games', exact: true }).hover()
  await choose(owner, 'Options of Games', 'Delete folder')
  const dialog = owner.getByRole('alertdialog')
  await expect(dialog.getByRole('listitem')).toHaveText([/openings/, /parlour/])
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(channelLinks(owner)).toHaveCount(3)

  await owner.getByRole('button', { name: 'Games', exact: true }).hover()
  await choose(owner, 'Options of Games', 'Delete folder')
  await owner.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(channelLinks(owner)).toHaveText(['general'])
  await expect(channelLinks(member)).toHaveText(['general'])
  await expect(message(member, 'e4')).toHaveCount(0)
})

test('a folder is closed and stays closed', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  const folder = await createChannel(ada, server, { name: 'Games', kind: 'folder' })
  await createChannel(ada, server, { name: 'openings', kind: 'text', parent_id: folder.id })
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await page.getByRole('button', { name: 'Games', exact: true }).click()
  await expect(channelLinks(page)).toHaveText(['general'])
  await page.reload()
  await expect(channelLinks(page)).toHaveText(['general'])
  await page.getByRole('button', { name: 'Games', exact: true }).click()
  await expect(channelLinks(page)).toHaveText(['general', 'openings'])
  await page.keyboard.press('Alt+ArrowDown')
  await expect(page.getByRole('heading', { level: 1, name: 'openings' })).toBeVisible()
})
