import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join as path } from 'node:path'

import type { Page } from '@playwright/test'

import { call, createServer, general, join, register, type Server } from '../support/api'
import { pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

const many = 3_000

/** Gives a server members without accounts, as many as it would take long to sign up. */
function crowd(server: Server): void {
  const rows = Array.from({ length: many }, (_, index) => {
    const name = `ember ${String(index).padStart(4, '0')}`
    return `(${server.id}, ${index + 1}, 0, 'crowd${index}', 'M${name}', 'm${name}')`
  })
  const columns = 'server_id, user_id, joined_at, username, display_name, display_name_fold'
  const input = `INSERT INTO members (${columns}) VALUES ${rows.join(', ')};`
  const data = process.env.BEEP_TEST_DATA ?? ''
  if (process.env.BEEP_TEST_SHAPE === 'apart') {
    // Where `scripts/apart` has its database.
    execFileSync('psql', [readFileSync(path(data, 'database'), 'utf8'), '--quiet'], { input })
    return
  }
  const script = 'import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], 30) as db: db.execute(sys.stdin.read())'
  execFileSync('python3', ['-c', script, path(data, 'beep.db')], { input })
}

function list(page: Page) {
  return page.getByRole('region', { name: 'Members' })
}

test('a list of thousands is loaded where it is in sight, to the end, and live (C8)', async ({ browser }) => {
  const [ada, zoe] = await Promise.all([register('Ada', 'Byron'), register('Zoe', 'Zander')])
  const server = await createServer(ada, 'Stadium')
  crowd(server)
  await join(zoe, server)
  const channel = general(server)
  const page = await signedIn(browser, ada, pathOf(server, channel))
  const members = list(page)
  await expect(members.getByRole('heading')).toHaveText(['Connected — 1', `Offline — ${many + 1}`])
  await expect(members.getByRole('button', { name: 'Member 0000' })).toBeVisible()

  // By keyboard to the end, and back.
  await members.getByRole('button', { name: 'Ada Byron' }).focus()
  await page.keyboard.press('ArrowDown')
  await expect(members.getByRole('button', { name: 'Member 0000' })).toBeFocused()
  await page.keyboard.press('End')
  await expect(members.getByRole('button', { name: 'Zoe Zander' })).toBeFocused()
  await expect(members.getByRole('button', { name: `Member ${many - 1}` })).toBeVisible()
  await expect(members.locator('[data-placeholder]')).toHaveCount(0)

  // What happens there is shown there.
  await call(ada.token, 'PATCH', `/servers/${server.id}/members/${zoe.id}`, { nickname: 'Zuzu' })
  await expect(members.getByRole('button', { name: 'Zuzu' })).toBeVisible()
  await page.keyboard.press('ArrowUp')
  await expect(members.getByRole('button', { name: `Member ${many - 1}` })).toBeFocused()
  const other = await signedIn(browser, zoe, pathOf(server, channel))
  await expect(members.getByRole('button', { name: 'Zuzu' })).toHaveCount(0)
  await page.keyboard.press('Home')
  await expect(members.getByRole('heading').first()).toHaveText('Connected — 2')
  await expect(members.getByRole('button', { name: 'Zuzu' })).toHaveAttribute('data-presence', 'online')
  await other.context().close()
})

test('somewhere in the middle of the list, on a phone (C8)', async ({ browser }) => {
  const ada = await register('Ada', 'Byron')
  const server = await createServer(ada, 'Stadium')
  crowd(server)
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('button', { name: 'Members', exact: true }).click()
  const members = list(page)
  await expect(members.getByRole('button', { name: 'Member 0000' })).toBeVisible()
  await members.getByRole('button', { name: 'Member 0000' }).hover()
  await page.mouse.wheel(0, 60_000)
  await expect(members.getByRole('button', { name: /Member 1[0-9]{3}/ }).first()).toBeVisible()
  await expect(members.locator('[data-placeholder]')).toHaveCount(0)
})
