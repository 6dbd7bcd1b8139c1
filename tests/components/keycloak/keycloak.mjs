// Keycloak as Beep's services speak to it, over its private address.
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'

const setting = (name) => {
  const value = process.env[`BEEP_TEST_${name}`]
  assert(value, `BEEP_TEST_${name} is not set: run this by scripts/with-keycloak`)
  return value
}

export const keycloak = setting('KEYCLOAK_URL')
export const publicUrl = setting('KEYCLOAK_PUBLIC_URL')
export const issuer = `${publicUrl}/realms/beep`
export const callback = `${publicUrl}/api/v1/auth/callback`
export const secretOf = (client) =>
  setting(`KEYCLOAK_SECRET_${client.replace('beep-', '').replaceAll('-', '_').toUpperCase()}`)
export const openid = `${keycloak}/realms/beep/protocol/openid-connect`
export const password = 'correct horse battery'

const json = async (answer) => ({
  status: answer.status,
  headers: answer.headers,
  body: await answer.text().then(parsed),
})
const parsed = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Sends a form as a client of realm beep. */
export async function post(path, client, fields) {
  const authorization = `Basic ${Buffer.from(`${client}:${secretOf(client)}`).toString('base64')}`
  return json(
    await fetch(`${openid}/${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { authorization },
    }),
  )
}

/** Signs in as Beep's own form does. */
export async function signIn(username, more = {}) {
  for (;;) {
    const answer = await post('token', 'beep-login', {
      grant_type: 'password',
      scope: 'openid',
      username,
      password,
      ...more,
    })
    if (answer.status === 200 || !(await cameTooSoon(username))) return answer
  }
}

/** Keycloak refuses who signs in while it still writes down the last attempt. That is not what the tests are about. */
async function cameTooSoon(username) {
  const { body: events } = await asUsersService('GET', '/events?type=LOGIN_ERROR&max=50')
  const last = events.find(({ details }) => details?.username === username)
  if (last?.error !== 'user_temporarily_disabled') return false
  const { body: state } = await asUsersService('GET', `/attack-detection/brute-force/users/${last.userId}`)
  return !state.disabled
}

export const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
export const header = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'))

async function call(token, method, path, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return json(
    await fetch(`${keycloak}/admin/realms/${path}`, { method, headers, body: body && JSON.stringify(body) }),
  )
}

/** The admin API, as the users service may use it. */
export async function asUsersService(method, path, body) {
  const { body: token } = await post('token', 'beep-users', { grant_type: 'client_credentials' })
  return call(token.access_token, method, `beep${path}`, body)
}

/** The admin API, as the administrator in realm master. */
export async function asAdministrator(method, path, body) {
  const fields = {
    grant_type: 'password',
    client_id: 'admin-cli',
    username: setting('KEYCLOAK_ADMIN'),
    password: setting('KEYCLOAK_ADMIN_PASSWORD'),
  }
  const address = `${keycloak}/realms/master/protocol/openid-connect/token`
  const { body: token } = await json(
    await fetch(address, { method: 'POST', body: new URLSearchParams(fields) }),
  )
  return call(token.access_token, method, `beep${path}`, body)
}

/** A new user, and its name and id. */
export async function newUser(more = {}) {
  const username = `user-${randomBytes(6).toString('hex')}`
  const answer = await asUsersService('POST', '/users', {
    username,
    email: `${username}@beep.example`,
    firstName: 'Ada',
    lastName: 'Byron',
    enabled: true,
    emailVerified: true,
    attributes: { beep_user_id: [`id-${username}`] },
    credentials: [{ type: 'password', value: password, temporary: false }],
    ...more,
  })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return { username, email: `${username}@beep.example`, id: answer.headers.get('location').split('/').pop() }
}

/** A secret for one-time codes, in the form in which Keycloak takes it when a user is created. */
export function newOneTimeCodes() {
  const secret = randomBytes(20).toString('hex').slice(0, 20)
  const credential = {
    type: 'otp',
    userLabel: 'Phone',
    secretData: JSON.stringify({ value: secret }),
    credentialData: JSON.stringify({
      subType: 'totp',
      digits: 6,
      period: 30,
      counter: 0,
      algorithm: 'HmacSHA1',
    }),
  }
  return { secret, credential, code: (step = 0) => oneTimeCode(Buffer.from(secret), step) }
}

/** The code of now, or of so many steps of 30 seconds later (RFC 6238). */
export function oneTimeCode(secret, later = 0) {
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const hash = createHmac('sha1', secret).update(step).digest()
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
