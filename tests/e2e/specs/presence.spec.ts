import { createServer, general, join, register } from '../support/api'
import { choose, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('the member list shows who is connected, live (C8, U5)', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  const page = await signedIn(browser, ada, pathOf(server, channel))
  const members = page.getByRole('region', { name: 'Members' })
  const entry = members.locator(`[data-member="${tom.id}"]`)
  await expect(members.getByRole('heading')).toHaveText(['Connected — 1', 'Offline — 1'])
  await expect(entry).toHaveAttribute('data-presence', 'offline')

  const other = await signedIn(browser, tom, pathOf(server, channel))
  await expect(entry).toHaveAttribute('data-presence', 'online')
  await expect(members.getByRole('heading')).toHaveText(['Connected — 2'])
  await choose(other, /Tom Bakker.*status and account/, 'Do not disturb')
  await expect(entry).toHaveAttribute('data-presence', 'do_not_disturb')
  await expect(entry.getByRole('img', { name: 'Do not disturb' })).toBeVisible()
  await choose(other, /Tom Bakker.*status and account/, 'Invisible')
  await expect(entry).toHaveAttribute('data-presence', 'offline')
  await choose(other, /Tom Bakker.*status and account/, 'Away')
  await expect(entry).toHaveAttribute('data-presence', 'away')
  await other.context().close()
  await expect(entry).toHaveAttribute('data-presence', 'offline', { timeout: 45_000 })
})
