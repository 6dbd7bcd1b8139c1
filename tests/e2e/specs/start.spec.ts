import { createServer, general, history, join, register, send } from '../support/api'
import { expect, test } from '../support/test'

test('the page starts without an error and without a violation of the content security policy', async ({ page }) => {
  const complaints: string[] = []
  page.on('console', (message) => {
    // A signed-out visitor is asked who they are once, and is told so with 401.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto('/')
  await expect(page).toHaveTitle(/Beep/)
  await expect(page.locator('main')).toBeAttached()
  expect(complaints).toEqual([])
})

test('two people talk through the public API of the same program', async () => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  const channel = general(await join(tom, server))
  await send(ada, server, channel, 'Hello, Tom')
  await send(tom, server, channel, 'Hello, Ada')
  const read = await history(ada, server, channel)
  expect(read.map((message) => message.content)).toEqual(['Hello, Ada', 'Hello, Tom'])
  expect(read.map((message) => message.seq)).toEqual([2, 1])
})
