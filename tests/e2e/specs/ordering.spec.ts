import type { Page } from '@playwright/test'

import { createChannel, createServer, general, register } from '../support/api'
import { channelLinks, choose, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

async function sidebar(page: Page): Promise<Page> {
  await expect(channelLinks(page).first()).toBeVisible()
  return page
}

test('channels and folders are put in order by dragging (C5, S9)', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  await createChannel(ada, server, { name: 'openings', kind: 'text' })
  await createChannel(ada, server, { name: 'Games', kind: 'folder' })
  await createChannel(ada, server, { name: 'Archive', kind: 'folder' })
  const page = await sidebar(await signedIn(browser, ada, pathOf(server, general(server))))
  const entry = (name: string) => channelLinks(page).filter({ hasText: name })
  await entry('openings').dragTo(entry('general'), { targetPosition: { x: 20, y: 2 } })
  await expect(channelLinks(page)).toHaveText(['openings', 'general'])

  const folder = (name: string) => page.getByRole('button', { name, exact: true })
  await entry('openings').dragTo(folder('Games'))
  await expect(page.getByRole('region', { name: 'Games' }).getByRole('link')).toHaveText(['openings'])
  await folder('Archive').dragTo(folder('Games'), { targetPosition: { x: 20, y: 2 } })
  const folders = page.getByRole('navigation', { name: 'Channels' }).getByRole('region')
  await expect(folders.first()).toHaveAccessibleName('Archive')
  await page.reload()
  await expect(folders.first()).toHaveAccessibleName('Archive')
  await expect(channelLinks(page)).toHaveText(['general', 'openings'])
})

test('a folder is moved by keyboard', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Chess club')
  for (const name of ['Games', 'Archive']) await createChannel(ada, server, { name, kind: 'folder' })
  const page = await sidebar(await signedIn(browser, ada, pathOf(server, general(server))))
  await page.getByRole('button', { name: 'Archive', exact: true }).hover()
  await choose(page, 'Options of Archive', 'Move folder')
  await page.getByRole('dialog').getByLabel('Place').selectOption({ label: 'At the top' })
  await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click()
  const folders = page.getByRole('navigation', { name: 'Channels' }).getByRole('region')
  await expect(folders.first()).toHaveAccessibleName('Archive')
})
