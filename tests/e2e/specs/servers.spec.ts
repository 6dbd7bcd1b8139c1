import { createServer, register, unique } from '../support/api'
import { channelLinks, choose, save, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('a newcomer creates a first server, private (S6)', async ({ browser }) => {
  const page = await signedIn(browser, await register())
  await page.getByRole('main').getByRole('button', { name: 'Create a server' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Create' })).toBeDisabled()
  await dialog.getByLabel('Name').fill('Chess club')
  await dialog.getByLabel('Name').press('Enter')
  await expect(page.getByRole('button', { name: 'Chess club: server menu' })).toBeVisible()
  await expect(channelLinks(page)).toHaveText(['general'])
  await expect(page.getByRole('heading', { name: 'Welcome to general' })).toBeVisible()
})

test('a public server that is created is found by others, a private one is not (S2, S6)', async ({ browser }) => {
  const page = await signedIn(browser, await register())
  const word = unique('mistral')
  for (const visibility of ['Public', 'Private']) {
    await page.getByRole('navigation', { name: 'Servers' }).getByRole('button', { name: 'Create a server' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(`${visibility} ${word}`)
    await dialog.getByRole('radio', { name: visibility }).check({ force: true })
    await dialog.getByRole('button', { name: 'Create' }).click()
    await expect(page.getByRole('button', { name: `${visibility} ${word}: server menu` })).toBeVisible()
  }
  const other = await signedIn(browser, await register('Tom', 'Bakker'), '/discover')
  await other.getByRole('searchbox').fill(word)
  await expect(other.getByRole('list', { name: 'Public servers' }).getByRole('heading')).toHaveText([`Public ${word}`])
})

test('somebody finds a public server, joins it and sees its channels and members (S1, S2, S5)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const word = unique('zephyr')
  await createServer(ada, `Café ${word}`, 'public')
  await createServer(ada, `Hidden ${word}`, 'private')

  const page = await signedIn(browser, tom)
  await page.getByRole('main').getByRole('button', { name: 'Find servers' }).click()
  // Without the accent, and in capitals.
  await page.getByRole('searchbox').fill(`CAFE ${word.toUpperCase()}`)
  const cards = page.getByRole('list', { name: 'Public servers' }).locator(':scope > li')
  await expect(cards).toHaveCount(1)
  await expect(cards).toContainText('1 member')
  await page.getByRole('searchbox').fill(`hidden ${word}`)
  await expect(page.getByText('Nothing found')).toBeVisible()
  await page.getByRole('searchbox').fill(word)
  await page.getByRole('button', { name: `Join Café ${word}` }).click()

  await expect(channelLinks(page)).toHaveText(['general'])
  const members = page.getByRole('region', { name: 'Members' })
  await expect(members.getByRole('button', { name: /Ada Byron/ })).toBeVisible()
  await expect(members.getByRole('button', { name: /Tom Bakker/ })).toBeVisible()
  await members.getByRole('button', { name: /Ada Byron/ }).click()
  await expect(page.getByRole('dialog')).toContainText(`@${ada.username}`)
})

test('the owner changes a server, a member leaves it, the owner deletes it', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const word = unique('boat')
  const server = await createServer(ada, `Boats ${word}`)
  const owner = await signedIn(browser, ada, `/channels/${server.id}`)
  await choose(owner, /server menu/, 'Server settings')
  await owner.getByLabel('Name').fill(`Ships ${word}`)
  await owner.getByLabel('Description').fill('Everything that floats')
  await save(owner)
  await owner.keyboard.press('Escape')
  await expect(owner.getByRole('button', { name: `Ships ${word}: server menu` })).toBeVisible()

  const member = await signedIn(browser, tom, '/discover')
  await member.getByRole('searchbox').fill(word)
  await expect(member.getByText('Everything that floats')).toBeVisible()
  await member.getByRole('button', { name: `Join Ships ${word}` }).click()
  const members = owner.getByRole('region', { name: 'Members' })
  await expect(members.getByRole('button', { name: /Tom Bakker/ })).toBeVisible()
  await choose(member, /server menu/, 'Leave server')
  await member.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click()
  await expect(member.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  await expect(members.getByRole('button', { name: /Tom Bakker/ })).toBeHidden()

  await choose(owner, /server menu/, 'Server settings')
  await owner.getByRole('link', { name: 'Danger zone' }).click()
  await owner.getByRole('button', { name: 'Delete server' }).click()
  const dialog = owner.getByRole('alertdialog')
  await expect(dialog.getByRole('button', { name: 'Delete server' })).toBeDisabled()
  await dialog.getByRole('textbox').fill(`Ships ${word}`)
  await dialog.getByRole('button', { name: 'Delete server' }).click()
  await expect(owner.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
})

test('a server that is not mine looks like one that does not exist', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Secret', 'private')
  const page = await signedIn(browser, tom, `/channels/${server.id}`)
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await expect(page.getByText('Secret')).toHaveCount(0)
})

test('the keyboard leads from server to server and from channel to channel', async ({ browser }) => {
  const ada = await register()
  const first = await createServer(ada, 'First')
  await createServer(ada, 'Second')
  const page = await signedIn(browser, ada, `/channels/${first.id}`)
  await expect(page.getByRole('button', { name: 'First: server menu' })).toBeVisible()
  await page.keyboard.press('Control+Alt+ArrowDown')
  await expect(page.getByRole('button', { name: 'Second: server menu' })).toBeVisible()
})
