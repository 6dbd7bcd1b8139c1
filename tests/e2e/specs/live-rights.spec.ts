import { call, createChannel, createRole, createServer, general, history, join, register, send } from '../support/api'
import { channelLinks, message, messages, pathOf, signedIn, write } from '../support/browser'
import { expect, test } from '../support/test'

test('a right that is taken closes the channel on an open screen at once, and given again it is back with what was said (C6, S8)', async ({
  browser,
}) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const board = await createChannel(ada, server, { name: 'board', kind: 'text', private: true })
  const role = await createRole(ada, server, { name: 'Board' }, [tom])
  const overwrites = `/servers/${server.id}/channels/${board.id}/overwrites`
  await call(ada.token, 'PUT', `${overwrites}/${role.id}`, { kind: 'role', allow: ['view_channel'] })
  await send(ada, server, board, 'Before')
  const page = await signedIn(browser, tom, pathOf(server, board))
  await expect(message(page, 'Before')).toBeVisible()
  await write(page, 'From Tom')
  await expect(message(page, 'From Tom')).toBeVisible()
  // It is shown before it is sent, and would be refused from now on.
  await expect.poll(async () => (await history(ada, server, board)).length).toBe(2)
  const path = `/servers/${server.id}/members/${tom.id}`

  await call(ada.token, 'PATCH', path, { role_ids: [] })
  await expect(channelLinks(page)).toHaveText(['general'])
  await expect(message(page, 'Before')).toHaveCount(0)
  await expect(page.getByRole('textbox', { name: 'Message to board' })).toHaveCount(0)
  await send(ada, server, board, 'Meanwhile')
  await send(ada, server, general(server), 'For all')
  // Whatever he looks at now, it is nothing of the board's.
  await channelLinks(page).filter({ hasText: 'general' }).click()
  await expect(message(page, 'For all')).toBeVisible()
  await expect(page.getByText('Meanwhile')).toHaveCount(0)

  await call(ada.token, 'PATCH', path, { role_ids: [role.id] })
  await expect(channelLinks(page)).toHaveText(['general', 'board'])
  await channelLinks(page).filter({ hasText: 'board' }).click()
  await expect(messages(page).filter({ hasText: /Before|From Tom|Meanwhile/ })).toHaveCount(3)

  // The same for writing: a right that only the channel's exception takes.
  await call(ada.token, 'PUT', `${overwrites}/${tom.id}`, { kind: 'member', deny: ['send_messages'] })
  await expect(page.getByRole('textbox', { name: 'Message to board' })).toHaveCount(0)
  await call(ada.token, 'DELETE', `${overwrites}/${tom.id}`)
  await expect(page.getByRole('textbox', { name: 'Message to board' })).toBeVisible()
})

test('what a role allows comes to an open screen and goes from it (S8)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const role = await createRole(ada, server, { name: 'Arbiter' }, [tom])
  const page = await signedIn(browser, tom, pathOf(server, general(server)))
  const offers = async (offered: boolean) => {
    await page.getByRole('button', { name: /server menu/ }).click()
    await expect(page.getByRole('menuitem', { name: 'Leave server' })).toBeVisible()
    await expect(page.getByRole('menuitem', { name: 'Create text channel' })).toHaveCount(offered ? 1 : 0)
    await page.keyboard.press('Escape')
  }
  await offers(false)
  for (const permissions of [['manage_channels'], []]) {
    await call(ada.token, 'PATCH', `/servers/${server.id}/roles/${role.id}`, { permissions })
    // The name comes after what the role allows: when it is there, so is that.
    const name = permissions.length > 0 ? 'has it' : 'had it'
    await call(ada.token, 'PATCH', `/servers/${server.id}`, { name })
    await expect(page.getByRole('button', { name: new RegExp(`${name}.*server menu`) })).toBeVisible()
    await offers(permissions.length > 0)
  }
})
