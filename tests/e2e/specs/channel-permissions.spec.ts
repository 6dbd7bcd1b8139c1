import { call, createChannel, createRole, createServer, general, join, register } from '../support/api'
import { channelLinks, channelSettingsOf, flip, pathOf, save, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('a private channel is hidden until a role is let in (C6)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  await createRole(ada, server, { name: 'Board' }, [tom])
  const owner = await signedIn(browser, ada, `/channels/${server.id}`)
  const member = await signedIn(browser, tom, `/channels/${server.id}`)
  await owner.getByRole('button', { name: /server menu/ }).click()
  await owner.getByRole('menuitem', { name: 'Create text channel' }).click()
  await owner.getByRole('dialog').getByLabel('Name').fill('plans')
  await flip(owner, 'Private channel')
  await owner.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await expect(owner.getByRole('heading', { name: 'Welcome to plans' })).toBeVisible()
  await expect(channelLinks(member)).toHaveText(['general'])

  await channelLinks(owner).filter({ hasText: 'plans' }).click({ button: 'right' })
  await owner.getByRole('menuitem', { name: 'Channel settings' }).click()
  await owner.getByRole('navigation', { name: 'Channel settings' }).getByRole('link', { name: 'Permissions' }).click()
  await expect(owner.getByRole('switch', { name: 'Private channel' })).toBeChecked()
  await owner.getByRole('button', { name: 'Add a role' }).click()
  await owner.getByRole('menuitem', { name: 'Board' }).click()
  await owner.getByRole('radiogroup', { name: 'See channels' }).getByRole('radio', { name: 'Allow' }).check({ force: true })
  await save(owner)
  await member.reload()
  await expect(channelLinks(member)).toHaveText(['general', 'plans'])

  // What he sees then is not private any more for anybody once the switch is off.
  await owner.getByRole('button', { name: 'All exceptions' }).click()
  await flip(owner, 'Private channel')
  await expect(owner.getByRole('switch', { name: 'Private channel' })).not.toBeChecked()
  await owner.keyboard.press('Escape')
  await expect(channelLinks(owner).filter({ hasText: 'plans' }).getByRole('img', { name: 'private' })).toHaveCount(0)
})

test('for each member it says what they may do and which role or exception decided, also in the folder (C6)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const role = await createRole(ada, server, { name: 'Muted' }, [tom])
  const folder = await createChannel(ada, server, { name: 'Games', kind: 'folder' })
  const channel = await createChannel(ada, server, { name: 'openings', kind: 'text', parent_id: folder.id })
  await call(ada.token, 'PUT', `/servers/${server.id}/channels/${folder.id}/overwrites/${role.id}`, {
    kind: 'role',
    allow: [],
    deny: ['send_messages'],
  })
  const page = await signedIn(browser, ada, channelSettingsOf(server, channel, 'permissions'))
  await expect(page.getByText('What is said for the folder Games holds here, too')).toBeVisible()
  const right = (name: string) => page.getByRole('listitem').filter({ hasText: name })
  const look = async () => {
    await page.getByRole('tab', { name: 'What a member may do' }).click()
    await page.getByRole('button', { name: 'Somebody else' }).click()
    await page.getByRole('button', { name: 'Choose: Tom Bakker' }).click()
  }
  await page.getByRole('tab', { name: 'What a member may do' }).click()
  await expect(right('Write messages')).toContainText('Owns the server')
  await look()
  await expect(right('Write messages')).toContainText('Denied for Muted in the folder Games')
  await expect(right('Write messages').getByRole('img', { name: 'No' })).toBeVisible()
  await expect(right('See channels')).toContainText('Allowed by the role Everyone')

  await page.getByRole('tab', { name: 'Exceptions' }).click()
  await page.getByRole('button', { name: 'Add a member' }).click()
  await page.getByRole('searchbox').fill('tom')
  await page.getByRole('button', { name: 'Choose: Tom Bakker' }).click()
  await expect(page.getByRole('heading', { name: 'Tom Bakker' })).toBeVisible()
  await page.getByRole('radiogroup', { name: 'Write messages' }).getByRole('radio', { name: 'Allow' }).check({ force: true })
  await save(page)
  await page.getByRole('button', { name: 'All exceptions' }).click()
  await look()
  await expect(right('Write messages')).toContainText('Allowed for this member here')
})

test('who may not set permissions does not come to them', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const page = await signedIn(browser, tom, channelSettingsOf(server, general(server), 'permissions'))
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeVisible()
  await expect(page).toHaveURL(pathOf(server, general(server)))
})
