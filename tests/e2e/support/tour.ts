/** A walk through every screen and state of the client, for whoever wants to look at each of them. */
import type { Browser, Page } from '@playwright/test'

import { type Account, type Channel, call, createChannel, createRole, createServer, general, join, register, type Server, send, sendFiles, unique } from './api'
import { channelSettingsOf, message, messages, pathOf, settingsOf, signedIn, signIn } from './browser'
import { binary, picture, text, tone } from './files'
import { leaving } from './tour-leaving'
import { security } from './tour-security'
import { cuttableLine } from './gateway'
import { contextOf, type Look } from './looks'
import { pngOf } from './picture'
import { expect } from './test'
import { type Words, wordsOf } from './words'

/** Looks at what is on the screen now. */
export type Visit = (page: Page, screen: string) => Promise<void>

export interface Tour {
  browser: Browser
  look: Look
  words: Words
  visit: Visit
  owner: Account
  /** Mine, with everything in it. */
  club: Server
}

export async function tour(browser: Browser, look: Look, visit: Visit): Promise<void> {
  const owner = await register('Inès', 'Moreau')
  await call(owner.token, 'PATCH', '/users/@me/settings', { language: look.language })
  const club = await createServer(owner, 'Chess club')
  const here: Tour = { browser, look, words: wordsOf(look.language), visit, owner, club }
  await outside(here)
  await firstSteps(here)
  await conversation(here)
  await channelsAndServers(here)
  await governing(here)
  await settings(here)
  await security(here)
  await leaving(here)
}

/** Signing in and up, with what can go wrong. */
async function outside({ browser, look, words: t, visit, owner }: Tour): Promise<void> {
  const page = await (await browser.newContext(contextOf(look))).newPage()
  await page.goto('/sign-in')
  await expect(page.getByRole('heading', { name: t('Welcome back') })).toBeVisible()
  await visit(page, 'sign-in')
  await page.getByLabel(t('E-mail'), { exact: true }).fill(owner.email)
  await page.getByLabel(t('Password'), { exact: true }).fill('not this one')
  await page.getByRole('button', { name: t('Sign in') }).click()
  await expect(page.getByText(t('This e-mail and password do not belong together.')).first()).toBeVisible()
  await visit(page, 'sign-in-refused')

  await page.goto('/sign-up')
  const password = page.getByLabel(t('Password'), { exact: true })
  await password.fill('abc')
  await visit(page, 'sign-up-weak-password')
  const username = unique('lea')
  await page.getByLabel(t('First name'), { exact: true }).fill('Léa')
  await page.getByLabel(t('Last name'), { exact: true }).fill('Roy')
  await page.getByLabel(t('Username'), { exact: true }).fill(owner.username)
  await page.getByLabel(t('E-mail'), { exact: true }).fill(`${username}@example.org`)
  await password.fill('a difference engine')
  await page.getByRole('button', { name: t('Create account') }).click()
  await expect(page.getByText(t('Somebody else has this username.')).first()).toBeVisible()
  await visit(page, 'sign-up-refused')
  await page.getByLabel(t('Username'), { exact: true }).fill(username)
  await page.getByRole('button', { name: t('Create account') }).click()
  await expect(page.getByRole('heading', { name: t('Add a picture') })).toBeVisible()
  await visit(page, 'sign-up-picture')
  await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: pngOf(400, 300) })
  await expect(page.getByLabel(t('Zoom'), { exact: true })).toBeVisible()
  await visit(page, 'sign-up-picture-crop')
  await page.context().close()
}

/** Somebody without a server, and discovery. */
async function firstSteps(here: Tour): Promise<void> {
  const { browser, look, words: t, visit } = here
  const newcomer = await register('Léa', 'Roy')
  await call(newcomer.token, 'PATCH', '/users/@me/settings', { language: look.language })
  const page = await signedIn(browser, newcomer, '/', contextOf(look))
  await expect(page.getByRole('heading', { name: t('Welcome to Beep, {name}', 'Léa') })).toBeVisible()
  await visit(page, 'first-run')
  await page.getByRole('main').getByRole('button', { name: t('Create a server') }).click()
  await page.getByRole('dialog').getByLabel(t('Name'), { exact: true }).fill('Chess club')
  await expect(page.getByRole('dialog')).toBeVisible()
  await visit(page, 'create-server')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('main').getByRole('button', { name: t('Find servers') }).click()
  await expect(page.getByRole('heading', { name: 'Robotics Club' })).toBeVisible()
  await visit(page, 'discover')
  await page.getByRole('searchbox').fill('zzzz')
  await expect(page.getByText(t('Nothing found'))).toBeVisible()
  await visit(page, 'discover-nothing')
  await page.goto('/channels/1/2')
  await expect(page.getByText(t('There is nothing here'))).toBeVisible()
  await visit(page, 'not-found')
  await page.context().close()
  await accounts(here)
}

/** Two people who share a device. */
async function accounts({ browser, look, words: t, visit, owner }: Tour): Promise<void> {
  const page = await (await browser.newContext(contextOf(look))).newPage()
  await page.goto('/sign-in')
  await page.getByLabel(t('E-mail'), { exact: true }).fill(owner.email)
  await page.getByLabel(t('Password'), { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: t('Sign in') }).click()
  const another = page.getByRole('menuitem', { name: t('Switch account') })
  // A menu that is opened while a slow first screen comes goes with what was there before.
  await expect(async () => {
    await page.getByRole('button', { name: t('status and account') }).click()
    await expect(another).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await another.click()
  await expect(page.getByRole('list', { name: t('Accounts on this device') })).toBeVisible()
  await visit(page, 'accounts')
  await page.context().close()
}

/** The server of the demonstration, which everybody finds. */
async function robotics(member: Account): Promise<Server> {
  const found = await call<{ items: Server[] }>(member.token, 'GET', '/servers/discover?query=Robotics')
  const server = found.items.find(({ name }) => name === 'Robotics Club')
  if (server === undefined) throw new Error('the instance is filled with the demonstration')
  return join(member, server)
}

/** A conversation in all its states. */
async function conversation(here: Tour): Promise<void> {
  const { browser, look, words: t, visit, owner } = here
  const server = await robotics(owner)
  const page = await (await browser.newContext(contextOf(look))).newPage()
  const line = await cuttableLine(page)
  await signIn(page, owner)
  await page.goto(pathOf(server, general(server)))
  await expect(messages(page).last()).toBeVisible()
  await visit(page, 'conversation')
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -3_000)
  await page.waitForTimeout(100)
  await visit(page, 'conversation-older')
  await page.mouse.wheel(0, 6_000)

  const field = page.getByRole('textbox', { name: t('Message to {0}', 'general') })
  await page.route('**/messages', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ status: 403, code: 'missing_permission', title: 'Forbidden' }) })
      : route.continue(),
  )
  await field.fill('Shall we try the new wheels on Wednesday?')
  await field.press('Enter')
  await expect(page.getByRole('button', { name: t('Retry') })).toBeVisible()
  await visit(page, 'message-refused')
  await page.getByRole('button', { name: t('Discard') }).click()
  await page.unroute('**/messages')

  await field.fill(`${'A long text, so long that it is counted. '.repeat(95)}\n\nAnd more.`)
  await visit(page, 'composer-long')
  await field.fill('')
  await mine(here, page)
  await members(here, page)
  await writing(here, page)
  await files(here, page)

  await line.cut()
  await expect(page.getByText(t('Connection lost. What you send waits here until it is back.'))).toBeVisible()
  await field.fill('Written in the dark')
  await field.press('Enter')
  await visit(page, 'connection-lost')
  await page.context().close()
}

/** The search, from nothing asked to something found. */
async function searching(page: Page, t: Words, visit: Visit): Promise<void> {
  await page.keyboard.press('Control+f')
  const panel = page.getByRole('search', { name: t('Search') })
  const field = panel.getByRole('combobox', { name: t('Search messages') })
  await expect(panel.getByText(t('What are you looking for?'))).toBeVisible()
  await visit(page, 'search')
  await field.fill('from:')
  await expect(panel.getByRole('option').first()).toBeVisible()
  await visit(page, 'search-filters')
  await field.press('Enter')
  await expect(async () => {
    await field.fill('')
    await field.fill('plan')
    await expect(panel.locator('mark').first()).toBeVisible({ timeout: 1_500 })
  }).toPass()
  await visit(page, 'search-found')
  await field.fill('zzzz')
  await expect(panel.getByText(t('Nothing was found'))).toBeVisible()
  await visit(page, 'search-nothing')
  await field.press('Escape')
  await expect(panel).toBeHidden()
}

/** All that a text may hold, and what helps to write one. */
const everything = `# A plan
See ||the **surprise**||, \`code\`, ~~no~~ and [bank.example](<https://example.org>), at <t:1792000000:f>.
> A quote

- [x] wheels
- [ ] motor

| Part | Price |
|---|--:|
| Wheel | 12 |

\`\`\`rust
// Moves on.
fn main() -> u32 { let name = "Beep"; 42 }
\`\`\``

async function writing({ words: t, visit, owner, club }: Tour, page: Page): Promise<void> {
  await send(owner, club, general(club), everything)
  await page.goto(pathOf(club, general(club)))
  const block = messages(page).locator('pre')
  await expect(block.locator('span').first()).toBeVisible()
  await block.scrollIntoViewIfNeeded()
  await visit(page, 'message-markdown')
  await searching(page, t, visit)
  const field = page.getByLabel(t('Message to {0}', 'general'))
  await field.fill('@')
  await expect(page.getByRole('option').first()).toBeVisible()
  await visit(page, 'composer-names')
  await field.fill(':smi')
  await expect(page.getByRole('option').first()).toBeVisible()
  await visit(page, 'composer-emoji')
  await field.fill('')
  await page.getByRole('button', { name: t('Choose an emoji') }).click()
  await expect(page.getByRole('gridcell').nth(30)).toBeVisible()
  await visit(page, 'emoji-picker')
  await page.getByRole('combobox', { name: t('Search emoji') }).fill('zzzz')
  await expect(page.getByText(t('No emoji is called that.'))).toBeVisible()
  await visit(page, 'emoji-picker-nothing')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('combobox', { name: t('Search emoji') })).toHaveCount(0)
  await page.goBack()
  await expect(messages(page).last()).toBeVisible({ timeout: 30_000 })
}

/** Files: above the field, in messages, and in full. */
async function files({ words: t, visit, owner, club }: Tour, page: Page): Promise<void> {
  await sendFiles(owner, club, general(club), '', [text('plan.rs', 'fn main() {}\n'), tone('bell.wav'), binary('plan.zip', 80_000)])
  await sendFiles(owner, club, general(club), 'The board', [picture('one.png'), picture('two.png'), picture('three.png')])
  await page.goto(pathOf(club, general(club)))
  await expect(message(page, 'The board').locator('img[data-state=shown]')).toHaveCount(3)
  await visit(page, 'message-files')
  await page.getByRole('button', { name: t('Show {name} larger', 'two.png') }).click()
  await expect(page.getByRole('dialog').locator('img')).toBeVisible()
  await visit(page, 'lightbox')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await message(page, 'The board').click({ button: 'right', position: { x: 4, y: 4 } })
  await page.getByRole('menuitem', { name: t('Remove files') }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await visit(page, 'remove-files')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  const chosen = [picture('a.png'), binary('a-long-name-of-a-file-that-does-not-fit.bin', 500), binary('nothing.bin', 0)]
  const input = page.locator('footer input[type=file]')
  await input.setInputFiles(chosen.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: Buffer.from(bytes) })))
  await expect(page.locator('[data-upload][data-state=done]')).toHaveCount(2)
  await visit(page, 'composer-files')
  await page.goBack()
  await expect(messages(page).last()).toBeVisible({ timeout: 30_000 })
}

/** What can be done with one's own message. */
async function mine({ words: t, visit, look, club }: Tour, page: Page): Promise<void> {
  await page.goto(pathOf(club, general(club)))
  await expect(page.getByRole('heading', { name: t('Welcome to {0}', 'general') })).toBeVisible()
  await visit(page, 'channel-empty')
  const field = page.getByRole('textbox', { name: t('Message to {0}', 'general') })
  await field.fill('Knight to **f3**, and `e4` is *covered*.')
  await field.press('Enter')
  await expect(message(page, 'Knight to f3')).toBeVisible()
  await expect(page.locator('[data-pending]')).toHaveCount(0)
  await message(page, 'Knight to f3').click({ button: 'right' })
  await expect(page.getByRole('menuitem', { name: t('Edit') })).toBeVisible()
  await visit(page, 'message-menu')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  if (look.viewport === 'desktop') {
    await message(page, 'Knight to f3').hover()
    await expect(page.getByRole('toolbar')).toBeVisible()
    await visit(page, 'message-toolbar')
  }
  await field.press('ArrowUp')
  await expect(page.getByRole('textbox', { name: t('Edit message') })).toBeFocused()
  await visit(page, 'message-edit')
  await page.keyboard.press('Escape')
  await expect(field).toBeFocused()
  await message(page, 'Knight to f3').focus()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await visit(page, 'message-delete')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('alertdialog')).toHaveCount(0)
  await page.goBack()
  // Longer than the client waits before it asks again.
  await expect(messages(page).last()).toBeVisible({ timeout: 30_000 })
}

async function members({ words: t, visit, look }: Tour, page: Page): Promise<void> {
  if (look.viewport !== 'desktop') await page.getByRole('button', { name: t('Members'), exact: true }).click()
  const entry = page.locator('[data-member]').filter({ hasText: 'Léo Garnier' })
  await expect(entry).toBeVisible()
  if (look.viewport !== 'desktop') await visit(page, 'members')
  await entry.click()
  await expect(page.getByText('@leo')).toBeVisible()
  await visit(page, 'member-card')
  await page.keyboard.press('Escape')
  await expect(page.getByText('@leo')).toBeHidden()
  if (look.viewport === 'desktop') return
  await expect(entry).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(entry).toBeHidden()
}

/** Menus and dialogs of the one who owns a server. */
async function channelsAndServers({ browser, look, words: t, visit, owner, club }: Tour): Promise<void> {
  const folder = await createChannel(owner, club, { name: 'Games', kind: 'folder' })
  await createChannel(owner, club, { name: 'openings', kind: 'text', parent_id: folder.id, topic: 'The first ten moves' })
  await createChannel(owner, club, { name: 'Parlour', kind: 'voice', parent_id: folder.id })
  const phone = look.viewport === 'phone'
  const page = await signedIn(browser, owner, `/channels/${club.id}`, contextOf(look))
  const options = (name: string) => page.getByRole('button', { name: t('Options of {0}', name) })
  const menu = async (open: () => Promise<void>, action: string) => {
    await open()
    await page.getByRole('menuitem', { name: action }).click()
  }
  const serverMenu = () => page.getByRole('button', { name: t('{0}: server menu', 'Chess club') }).click()
  const menuOf = (name: string) => async () => {
    if (!phone) await page.getByText(name, { exact: true }).first().hover()
    await options(name).click()
  }
  await expect(page.getByRole('link', { name: 'openings' })).toBeVisible()
  if (phone) await visit(page, 'channels')
  await serverMenu()
  await expect(page.getByRole('menu')).toBeVisible()
  await visit(page, 'server-menu')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  const dialogs: [string, () => Promise<void>, string][] = [
    ['create-channel', serverMenu, t('Create text channel')],
    ['create-folder', serverMenu, t('Create folder')],
    ['channel-move', menuOf('openings'), t('Move channel')],
    ['channel-delete', menuOf('openings'), t('Delete channel')],
    ['folder-delete', menuOf('Games'), t('Delete folder')],
    ['server-leave-owner', serverMenu, t('Leave server')],
  ]
  for (const [name, open, action] of dialogs) {
    await menu(open, action)
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toBeVisible()
    await visit(page, name)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toHaveCount(0)
  }
  await page.getByRole('button', { name: t('status and account') }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await visit(page, 'me-menu')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await page.getByRole('link', { name: 'Parlour' }).click()
  await expect(page.getByRole('heading', { name: t('Welcome to {0}', 'Parlour') })).toBeVisible()
  await visit(page, 'voice-channel')
  await page.context().close()
}

/** Everything that only those see who govern a server. */
async function governing(here: Tour): Promise<void> {
  const { browser, look, words: t, visit, owner } = here
  const [guest, loud] = await Promise.all([register('Noé', 'Petit'), register('Mia', 'Lang')])
  const server = await createServer(owner, 'Parliament')
  for (const member of [guest, loud]) await join(member, server)
  await createRole(owner, server, { name: 'Speaker', color: '#c4213d', hoisted: true, permissions: ['manage_messages'] }, [guest])
  const role = await createRole(owner, server, { name: 'Deputy', color: '#ffd23f' }, [owner])
  const board = await createChannel(owner, server, { name: 'board', kind: 'text', private: true })
  await call(owner.token, 'PUT', `/servers/${server.id}/channels/${board.id}/overwrites/${role.id}`, {
    kind: 'role',
    allow: ['view_channel'],
    deny: ['send_messages'],
  })
  await call(owner.token, 'PUT', `/servers/${server.id}/bans/${loud.id}`, { reason: 'Advertising' })
  const page = await signedIn(browser, owner, settingsOf(server, 'overview'), contextOf(look))
  await serverPages(here, page, server)
  await moderating(here, page, server)
  await channelPages(here, page, server, board)
  await page.goto(settingsOf(server, 'roles'))
  await page.getByRole('row', { name: 'Deputy' }).click()
  await page.getByRole('button', { name: t('View the server as this role') }).click()
  await expect(page.getByRole('button', { name: t('Back to my view') })).toBeVisible()
  await visit(page, 'view-as')
  await page.context().close()
}

async function serverPages({ words: t, visit }: Tour, page: Page, server: Server): Promise<void> {
  const pages: [string, () => ReturnType<Page['locator']>][] = [
    ['overview', () => page.getByLabel(t('Description'))],
    ['roles', () => page.getByRole('row').first()],
    ['members', () => page.getByRole('list', { name: t('Members') })],
    ['bans', () => page.getByRole('list', { name: t('Bans') })],
    ['audit-log', () => page.getByRole('list', { name: t('Audit log') })],
    ['danger', () => page.getByRole('button', { name: t('Delete server') })],
  ]
  for (const [name, seen] of pages) {
    await page.goto(settingsOf(server, name))
    await expect(seen()).toBeVisible()
    await visit(page, `server-settings-${name}`)
  }
  await page.getByRole('button', { name: t('Choose the new owner') }).click()
  await expect(page.getByRole('searchbox')).toBeVisible()
  await visit(page, 'server-transfer')
  await page.goto(settingsOf(server, 'roles'))
  await page.getByRole('row', { name: 'Speaker' }).click()
  await expect(page.getByLabel(t('Name'), { exact: true })).toBeVisible()
  await visit(page, 'role-display')
  await page.getByRole('tab', { name: t('Permissions') }).click()
  await page.getByRole('switch', { name: t('Manage channels'), exact: true }).click({ force: true })
  await expect(page.getByText(t('There are changes that are not saved.'))).toBeVisible()
  await visit(page, 'role-permissions')
  await page.getByRole('tab', { name: t('Members') }).click()
  await expect(page.getByText('Noé Petit')).toBeVisible()
  await visit(page, 'role-members')
}

async function moderating({ words: t, visit }: Tour, page: Page, server: Server): Promise<void> {
  await page.goto(settingsOf(server, 'members'))
  const dialogs: [string, string][] = [
    ['member-roles', t('Roles')],
    ['member-nickname', t('Change nickname')],
    ['member-time-out', t('Time-out')],
    ['member-kick', t('Remove from the server')],
    ['member-ban', t('Ban')],
  ]
  for (const [name, action] of dialogs) {
    await page.getByRole('button', { name: t('Options of {0}', 'Noé Petit') }).click()
    if (name === 'member-roles') await visit(page, 'member-menu')
    await page.getByRole('menuitem', { name: action, exact: true }).click()
    await expect(page.getByRole('dialog').or(page.getByRole('alertdialog')).last().getByRole('heading')).toContainText('Noé Petit')
    await visit(page, name)
    await page.getByRole('button', { name: t('Cancel') }).click()
    await expect(page.getByRole('button', { name: t('Cancel') })).toHaveCount(0)
  }
}

async function channelPages({ words: t, visit }: Tour, page: Page, server: Server, board: Channel): Promise<void> {
  await page.goto(channelSettingsOf(server, board, 'overview'))
  await expect(page.getByLabel(t('Slow mode'))).toBeVisible()
  await visit(page, 'channel-overview')
  await page.goto(channelSettingsOf(server, board, 'permissions'))
  await expect(page.getByRole('switch')).toBeVisible()
  await visit(page, 'channel-permissions')
  await page.getByRole('button', { name: 'Deputy' }).click()
  await expect(page.getByRole('radiogroup').first()).toBeVisible()
  await visit(page, 'channel-exception')
  await page.getByRole('button', { name: t('All exceptions') }).click()
  await page.getByRole('tab', { name: t('What a member may do') }).click()
  await expect(page.getByRole('img', { name: t('Yes') }).first()).toBeVisible()
  await visit(page, 'channel-check')
}

async function settings({ browser, look, words: t, visit, owner }: Tour): Promise<void> {
  const page = await signedIn(browser, owner, '/settings/account', contextOf(look))
  const sections = { account: t('Account'), devices: t('Signed-in devices'), appearance: t('Appearance'), language: t('Language') }
  for (const [section, title] of Object.entries(sections)) {
    await page.goto(`/settings/${section}`)
    await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible()
    if (section === 'devices') await expect(page.getByText(t('This device'))).toBeVisible()
    await visit(page, `settings-${section}`)
  }
  await page.goto('/settings/account')
  await page.getByLabel(t('About me'), { exact: true }).fill('Third year, mechatronics. Ask me about servos.')
  await expect(page.getByText(t('There are changes that are not saved.'))).toBeVisible()
  await visit(page, 'settings-unsaved')
  await page.getByRole('button', { name: t('Change picture') }).click()
  await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: pngOf(300, 400) })
  await expect(page.getByLabel(t('Zoom'), { exact: true })).toBeVisible()
  await visit(page, 'settings-picture')
  await page.context().close()
}
