import type { Browser, Page } from '@playwright/test'

import { type Account, call, type Channel, createServer, general, join, register, send, type Server } from '../support/api'
import { message, messages, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

function field(page: Page) {
  return page.getByRole('textbox', { name: /^Message to/ })
}

function line(page: Page) {
  return page.getByTestId('typing')
}

function tell(writer: Account, server: Server, channel: Channel): Promise<null> {
  return call(writer.token, 'POST', `/servers/${server.id}/channels/${channel.id}/typing`)
}

/** Somebody who looks at a channel with one long message in it, is told who writes there, and has a clock to be wound. */
async function reader(browser: Browser) {
  const [ada, tom, mei, noor] = await Promise.all([
    register('Ada', 'Byron'),
    register('Tom', 'Bakker'),
    register('Mei', 'Chen'),
    register('Noor', 'Haddad'),
  ])
  const server = await createServer(ada, 'Chess club')
  const channel = general(server)
  for (const person of [tom, mei, noor]) await join(person, server)
  await send(ada, server, channel, 'a line\n'.repeat(60))
  // Nothing is unread, so that the channel opens at its end.
  await call(tom.token, 'PUT', `/servers/${server.id}/channels/${channel.id}/read`, {})
  const page = await signedIn(browser, tom, '/')
  await page.clock.install()
  await page.goto(pathOf(server, channel))
  await expect(field(page)).toBeVisible()
  // From the first that is shown on, all are told.
  await expect(async () => {
    await tell(mei, server, channel)
    await expect(line(page)).toHaveText('Mei Chen is typing…', { timeout: 500 })
  }).toPass()
  return { ada, tom, mei, noor, server, channel, page }
}

test('who writes is seen to write until the message comes, by the others alone', async ({ browser }) => {
  const { ada, tom, mei, server, channel, page } = await reader(browser)
  await send(mei, server, channel, 'A move')
  await expect(line(page)).toHaveText('')
  // What I write in another window is not told to me.
  const told = page.waitForResponse((answer) => answer.url().endsWith('/typing'))
  await field(page).pressSequentially('Kn')
  expect((await told).status()).toBe(204)
  await tell(tom, server, channel)

  const other = await signedIn(browser, ada, pathOf(server, channel))
  const requests: string[] = []
  other.on('request', (request) => {
    if (request.url().endsWith('/typing')) requests.push(request.url())
  })
  await field(other).pressSequentially('/')
  await field(other).press('Backspace')
  expect(requests).toEqual([])
  await field(other).pressSequentially('Knight to f3')
  await expect(line(page)).toHaveText('Ada Byron is typing…')
  await expect(line(other)).toHaveText('')
  expect(requests).toHaveLength(1)
  await field(other).press('Enter')
  await expect(message(page, 'Knight to f3')).toBeVisible()
  await expect(line(page)).toHaveText('')
})

test('one, two or several are named, and those who go on no more are not after ten seconds', async ({ browser }) => {
  const { ada, mei, noor, server, channel, page } = await reader(browser)
  const log = page.getByRole('log', { name: 'Messages' })
  const height = (await log.boundingBox())?.height
  await tell(noor, server, channel)
  await expect(line(page)).toHaveText('Mei Chen and Noor Haddad are typing…')
  await tell(ada, server, channel)
  await expect(line(page)).toHaveText('Several people are typing…')
  await expect(messages(page).last()).toBeInViewport()
  await page.clock.fastForward(9_000)
  await tell(mei, server, channel)
  await page.clock.fastForward(1_500)
  await expect(line(page)).toHaveText('Mei Chen is typing…')
  await page.clock.fastForward(9_000)
  await expect(line(page)).toHaveText('')
  // The list is as high with it as without.
  expect((await log.boundingBox())?.height).toBe(height)
  // Nobody is told of it who does not go there.
  await expect(line(page)).toHaveAttribute('aria-live', 'off')
})

test('it is said in French, too', async ({ browser }) => {
  const { mei, noor, server, channel, page, tom } = await reader(browser)
  await call(tom.token, 'PATCH', '/users/@me/settings', { language: 'fr' })
  await tell(noor, server, channel)
  await expect(line(page)).toHaveText('Mei Chen et Noor Haddad sont en train d’écrire…')
  await send(noor, server, channel, 'fini')
  await expect(line(page)).toHaveText('Mei Chen est en train d’écrire…')
  await send(mei, server, channel, 'fini')
  await expect(line(page)).toHaveText('')
})
