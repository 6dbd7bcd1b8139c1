import { readFile } from 'node:fs/promises'

import type { Page } from '@playwright/test'

import { createServer, general, register, send, sendFiles } from '../support/api'
import { signedIn } from '../support/browser'
import { text } from '../support/files'
import { expect, test } from '../support/test'

/** A copy may have to wait for others. */
const within = { timeout: 30_000 }

async function ask(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click()
  await expect(page.getByRole('button', { name: 'Download' })).toBeVisible(within)
}

test('one asks for a copy of one’s data, and downloads it when it is ready', async ({ browser }) => {
  const ada = await register()
  const server = await createServer(ada, 'Choir')
  await send(ada, server, general(server), 'Rehearsal on Monday')
  await sendFiles(ada, server, general(server), 'The notes', [text('soprano.txt', 'la la la')])
  const page = await signedIn(browser, ada, '/settings/account')
  await expect(page.getByRole('button', { name: 'Download' })).toHaveCount(0)
  await ask(page, 'Ask for a copy')
  await expect(page.getByText(/^Your copy is ready: .+ (?:bytes|kB), until .+ at \d\d:\d\d\.$/)).toBeVisible()

  // It is there for a day, also after the page was left, and on other devices.
  const other = await signedIn(browser, ada, '/settings/account')
  const downloading = other.waitForEvent('download')
  await other.getByRole('button', { name: 'Download' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(new RegExp(`^beep-${ada.username}-\\d{4}-\\d\\d-\\d\\d\\.zip$`))
  const zip = (await readFile(await download.path())).toString('latin1')
  expect(zip.slice(0, 2)).toBe('PK')
  for (const name of ['account.json', 'servers.json', 'README.txt', `messages/${general(server).id}.json`, '-soprano.txt']) {
    expect(zip).toContain(name)
  }
})

test('whoever has asked twice is told when they may ask again', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada, '/settings/account')
  await ask(page, 'Ask for a copy')
  await ask(page, 'Ask for a new copy')
  await page.getByRole('button', { name: 'Ask for a new copy' }).click()
  const again = new Date(Date.now() + 7 * 86_400_000)
  const date = again.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
  const told = page.getByRole('alert').filter({ hasText: 'You have asked twice in 7 days.' })
  await expect(told).toContainText(`You can ask again on`)
  await expect(told).toContainText(date)
  // What is ready stays so.
  await expect(page.getByRole('button', { name: 'Download' })).toBeVisible()
})
