/** What a test does at Keycloak, as its administrator and in its pages. */
import { expect, type Page } from '@playwright/test'

import { unique } from './api'

const URL = process.env.BEEP_TEST_KEYCLOAK_URL
const env = (name: string) => process.env[`BEEP_TEST_KEYCLOAK_${name}`] ?? ''

interface Identity {
  id: string
  username: string
}

/** A student of the school's directory, by the name there. */
export function student(username: string) {
  return { username, password: `${username}-secret`, email: `${username}@polytech.example` }
}

async function administer<T>(method: string, path: string, body?: object, realm = 'beep'): Promise<T> {
  const fields = { grant_type: 'password', client_id: 'admin-cli', username: env('ADMIN'), password: env('ADMIN_PASSWORD') }
  const token = await fetch(`${URL}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams(fields) })
  const { access_token } = (await token.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${URL}/admin/realms/${realm}${path}`, { method, headers, ...content })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return (text === '' ? null : JSON.parse(text)) as T
}

function named(username: string): Promise<Identity[]> {
  return administer<Identity[]>('GET', `/users?exact=true&username=${encodeURIComponent(username)}`)
}

/** Whoever ran these tests before, with the same Keycloak, left somebody known there. */
export async function forget(username: string): Promise<void> {
  for (const { id } of await named(username)) await administer('DELETE', `/users/${id}`)
}

/** The same of whoever has this address. */
export async function forgetAddress(email: string): Promise<void> {
  const found = await administer<Identity[]>('GET', `/users?exact=true&email=${encodeURIComponent(email)}`)
  for (const { id } of found) await administer('DELETE', `/users/${id}`)
}

/** Somebody whom Keycloak knows, and Beep does not; what is not given is not known there either. */
export async function known(fields: { firstName?: string; lastName?: string; email?: string }) {
  const [username, password] = [unique('k'), 'correct horse battery']
  const credentials = [{ type: 'password', value: password, temporary: false }]
  await administer('POST', '/users', { username, enabled: true, credentials, ...fields })
  return { username, password }
}

/** Somebody whom the stand-in for Google knows, by an address that nobody has here. */
export async function knownElsewhere() {
  const [username, password] = [unique('g'), 'correct horse battery']
  const email = `${username}@google.example`
  const credentials = [{ type: 'password', value: password, temporary: false }]
  const person = { username, email, emailVerified: true, firstName: 'Grace', lastName: 'Hopper', enabled: true, credentials }
  await administer('POST', '/users', person, 'google-stand-in')
  return { username, password, email }
}

/** Ends all sessions that somebody has at Keycloak. */
export async function endSessions(username: string): Promise<void> {
  for (const { id } of await named(username)) await administer('POST', `/users/${id}/logout`)
}

/** Fills in the page on which Keycloak, or the stand-in for Google, asks who one is. */
export async function fillInPage(page: Page, username: string, password: string): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await page.locator('#password').press('Enter')
}

/** What somebody signs in with beside the password, as Keycloak has it. */
export async function factorsOf(username: string): Promise<string[]> {
  const [identity] = await named(username)
  const all = await administer<{ type: string }[]>('GET', `/users/${identity?.id}/credentials`)
  return all.map(({ type }) => type).filter((type) => type !== 'password')
}

/** Signs in by Keycloak's page, up to where it asks for more or one is in. */
export async function signInByPage(page: Page, account: { email: string; password: string }, path = '/settings/security') {
  await page.goto(path)
  await page.getByRole('link', { name: 'School account or passkey' }).click()
  await fillInPage(page, account.email, account.password)
}

/** Adds a key in the settings of how one signs in; Keycloak asks for its name in a dialogue of the browser's. */
export async function addKey(page: Page, button: 'Add a passkey' | 'Add a security key', name: string): Promise<void> {
  page.once('dialog', (dialog) => dialog.accept(name))
  await page.getByRole('button', { name: button }).click()
  await page.locator('#registerWebAuthn').click()
  await expect(page.getByText('How you sign in is changed.')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: name })).toBeVisible()
}
