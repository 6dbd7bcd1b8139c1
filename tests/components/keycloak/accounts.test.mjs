// What the users service asks of Keycloak: accounts, passwords, codes, service accounts.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  asAdministrator,
  asUsersService,
  claims,
  header,
  issuer,
  keycloak,
  newOneTimeCodes,
  newUser,
  openid,
  password,
  post,
  signIn,
} from './keycloak.mjs'

const root = new URL('../../../', import.meta.url)
const services = ['storage', 'users', 'servers', 'messages', 'search', 'gateway', 'edge']

test('Keycloak is at the public URL for browsers, and at its own address for services', async () => {
  const discovery = await (await fetch(`${keycloak}/realms/beep/.well-known/openid-configuration`)).json()
  assert.equal(discovery.issuer, issuer)
  assert.equal(discovery.authorization_endpoint, `${issuer}/protocol/openid-connect/auth`)
  assert.equal(discovery.end_session_endpoint, `${issuer}/protocol/openid-connect/logout`)
  assert.equal(discovery.token_endpoint, `${openid}/token`)
  assert.equal(discovery.jwks_uri, `${openid}/certs`)
  const { body } = await post('token', 'beep-users', { grant_type: 'client_credentials' })
  assert.equal(claims(body.access_token).iss, issuer)
  const { keys } = await (await fetch(discovery.jwks_uri)).json()
  const key = keys.find(({ kid }) => kid === header(body.access_token).kid)
  assert.deepEqual([key.kty, key.crv, key.use], ['OKP', 'Ed25519', 'sig'])
  assert.equal(header(body.access_token).alg, 'EdDSA')
})

test('a service has tokens for those whom it calls, and for no others', async () => {
  const toml = readFileSync(new URL('services.toml', root), 'utf8')
  for (const caller of services) {
    const called = (toml.split(`[${caller}.calls]\n`)[1] ?? '').split('\n[')[0]
    for (const callee of services) {
      const may = new RegExp(`^${callee} = `, 'm').test(called)
      const fields = { grant_type: 'client_credentials', scope: `call-${callee}` }
      const { status, body } = await post('token', `beep-service-${caller}`, fields)
      if (!may) {
        assert.deepEqual([status, body.error], [400, 'invalid_scope'], `${caller} calls ${callee}`)
        continue
      }
      assert.equal(status, 200, `${caller} calls ${callee}: ${JSON.stringify(body)}`)
      const token = claims(body.access_token)
      assert.equal(token.aud, `beep:${callee}`)
      assert.equal(token.azp, `beep-service-${caller}`)
      assert.equal(token.exp - token.iat, 300)
    }
  }
})

test('a service cannot administer users, and the users service cannot administer the realm', async () => {
  const { body } = await post('token', 'beep-service-users', { grant_type: 'client_credentials' })
  const answer = await fetch(`${keycloak}/admin/realms/beep/users`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  })
  assert.equal(answer.status, 403)
  assert.equal((await asUsersService('GET', '/users?max=1')).status, 200)
  for (const [method, path] of [
    ['GET', '/clients/'],
    ['PUT', ''],
    ['GET', '/components'],
    ['GET', '/keys'],
  ]) {
    const { status, body: said } = await asUsersService(method, path, method === 'GET' ? undefined : {})
    const empty = status === 200 && Array.isArray(said) && said.length === 0
    assert(status === 403 || empty, `${method} ${path}: ${status} ${JSON.stringify(said).slice(0, 200)}`)
  }
  const clients = await asAdministrator('GET', '/users?username=service-account-beep-users&exact=true')
  const roles = await asAdministrator('GET', `/users/${clients.body[0].id}/role-mappings`)
  const names = Object.values(roles.body.clientMappings).flatMap(({ mappings }) =>
    mappings.map(({ name }) => name),
  )
  assert.deepEqual(names.sort(), ['manage-users', 'query-users', 'view-events', 'view-users'])
})

test('a user is created with its id in Beep, and keeps it', async () => {
  const user = await newUser()
  const { body } = await asUsersService('GET', `/users/${user.id}`)
  assert.deepEqual(body.attributes, { beep_user_id: [`id-${user.username}`] })
  const found = await asUsersService('GET', `/users?q=beep_user_id:id-${user.username}`)
  assert.deepEqual(
    found.body.map(({ id }) => id),
    [user.id],
  )
})

test('an attribute that the profile does not know is dropped', async () => {
  const user = await newUser({ attributes: { beep_user_id: ['1'], shoe_size: ['42'] } })
  const { body } = await asUsersService('GET', `/users/${user.id}`)
  assert.deepEqual(body.attributes, { beep_user_id: ['1'] })
})

test('an e-mail and a username are one account’s only', async () => {
  const user = await newUser()
  for (const [fields, field] of [
    [{ username: user.username, email: 'other@beep.example' }, 'username'],
    [{ username: `${user.username}-2`, email: user.email.toUpperCase() }, 'email'],
  ]) {
    const answer = await asUsersService('POST', '/users', {
      firstName: 'A',
      lastName: 'B',
      enabled: true,
      ...fields,
    })
    assert.equal(answer.status, 409)
    assert.equal(answer.body.errorMessage, `User exists with same ${field}`)
  }
})

test('passwords follow the rules of Beep’s own form', async () => {
  const user = await newUser()
  const common = readFileSync(new URL('deploy/keycloak/common-passwords.txt', root), 'utf8')
    .trim()
    .split('\n')
  const rust = readFileSync(new URL('crates/users/src/identity/common_passwords.rs', root), 'utf8')
  assert.deepEqual(
    common,
    [...rust.matchAll(/^ {4}"(.*)",$/gm)].map(([, word]) => word),
  )
  for (const [value, error] of [
    ['1234567', 'invalidPasswordMinLengthMessage'],
    ['x'.repeat(257), 'invalidPasswordMaxLengthMessage'],
    [user.username, 'invalidPasswordNotUsernameMessage'],
    [user.email, 'invalidPasswordNotEmailMessage'],
    ['MotDePasse', 'invalidPasswordBlacklistedMessage'],
  ]) {
    const path = `/users/${user.id}/reset-password`
    const answer = await asUsersService('PUT', path, { type: 'password', value, temporary: false })
    assert.deepEqual([answer.status, answer.body.error], [400, error], JSON.stringify(answer.body))
  }
})

test('a sign-in by Beep’s own form brings a token for Beep', async () => {
  const user = await newUser()
  for (const name of [user.username, user.email]) {
    const { status, body } = await signIn(name)
    assert.equal(status, 200, JSON.stringify(body))
    const token = claims(body.access_token)
    assert.equal(token.iss, issuer)
    assert.equal(token.aud, 'beep')
    assert.equal(token.azp, 'beep-login')
    assert.equal(token.sub, user.id)
    assert.equal(token.beep_user_id, `id-${user.username}`)
    assert.match(token.sid, /.{10}/)
    assert.equal(token.exp - token.iat, 300)
    assert.equal(header(body.access_token).typ, 'at+jwt')
    assert.equal(token.identity_provider, undefined)
    for (const personal of ['email', 'given_name', 'family_name', 'preferred_username', 'name'])
      assert(!(personal in token), personal)
    const id = claims(body.id_token)
    assert.deepEqual(
      [id.aud, id.email, id.given_name, id.beep_user_id],
      ['beep-login', user.email, 'Ada', token.beep_user_id],
    )
    const sessions = await asUsersService('GET', `/users/${user.id}/sessions`)
    assert(sessions.body.some(({ id: session }) => session === token.sid))
  }
})

test('each way in which a sign-in fails can be told from the others', async () => {
  const user = await newUser()
  const wrong = await signIn(user.username, { password: 'wrong' })
  assert.deepEqual(
    [wrong.status, wrong.body],
    [400, { error: 'invalid_grant', error_description: 'Invalid user credentials' }],
  )
  const unknown = await signIn('nobody-at-all')
  assert.deepEqual(unknown.body, wrong.body)
  await asUsersService('PUT', `/users/${user.id}`, {
    ...(await asUsersService('GET', `/users/${user.id}`)).body,
    enabled: false,
  })
  const disabled = await signIn(user.username)
  assert.deepEqual(
    [disabled.status, disabled.body],
    [400, { error: 'invalid_grant', error_description: 'Account disabled' }],
  )
  const waiting = await signIn((await newUser({ requiredActions: ['CONFIGURE_TOTP'] })).username)
  assert.deepEqual([waiting.status, waiting.body.error_description], [400, 'Account is not fully set up'])
})

test('a one-time code is asked for, and good once', async () => {
  const { credential, code } = newOneTimeCodes()
  const user = await newUser({ credentials: [{ type: 'password', value: password }, credential] })
  const { body: credentials } = await asUsersService('GET', `/users/${user.id}/credentials`)
  assert.deepEqual(credentials.map(({ type }) => type).sort(), ['otp', 'password'])
  const refusal = { error: 'invalid_grant', error_description: 'Invalid user credentials' }
  for (const totp of [{}, { totp: '000000' }]) {
    const { status, body } = await signIn(user.username, totp)
    assert.deepEqual([status, body], [400, refusal])
  }
  const now = code()
  assert.equal((await signIn(user.username, { totp: now })).status, 200)
  assert.equal((await signIn(user.username, { totp: now })).status, 400, 'the same code again')
  assert.equal((await signIn(user.username, { totp: code(1) })).status, 200, 'the next one, a little early')
  const otp = credentials.find(({ type }) => type === 'otp')
  assert.equal((await asUsersService('DELETE', `/users/${user.id}/credentials/${otp.id}`)).status, 204)
  assert.equal((await signIn(user.username)).status, 200)
})

test('whether the password was right and only the code is missing, only the users service can see', async () => {
  const { credential } = newOneTimeCodes()
  const user = await newUser({ credentials: [{ type: 'password', value: password }, credential] })
  const failures = async () => {
    const { body } = await asUsersService('GET', `/attack-detection/brute-force/users/${user.id}`)
    return [body.numFailures, body.numSecondaryAuthFailures]
  }
  await signIn(user.username, { password: 'wrong' })
  assert.deepEqual(await failures(), [1, 0])
  await signIn(user.username)
  assert.deepEqual(await failures(), [2, 1])
  await signIn(user.username, { totp: '000000' })
  assert.deepEqual(await failures(), [3, 2])
})

test('a new password and a disabled account leave sessions, which the users service ends', async () => {
  const user = await newUser()
  const { body } = await signIn(user.username)
  const refresh = () =>
    post('token', 'beep-login', { grant_type: 'refresh_token', refresh_token: body.refresh_token })
  const change = { type: 'password', value: 'another long password', temporary: false }
  assert.equal((await asUsersService('PUT', `/users/${user.id}/reset-password`, change)).status, 204)
  assert.equal((await refresh()).status, 200, 'still signed in')
  assert.equal(
    (await asUsersService('PUT', `/users/${user.id}`, { username: user.username, enabled: false })).status,
    204,
  )
  assert.equal((await refresh()).body.error_description, 'User disabled')
  assert.equal((await asUsersService('GET', `/users/${user.id}/sessions`)).body.length, 1)
  assert.equal((await asUsersService('POST', `/users/${user.id}/logout`)).status, 204)
  assert.equal((await asUsersService('GET', `/users/${user.id}/sessions`)).body.length, 0)
})

test('who guesses is locked out for a while, and the answer does not tell', async () => {
  const user = await newUser()
  for (let guess = 0; guess < 10; guess++) await signIn(user.username, { password: `guess ${guess}` })
  const right = await signIn(user.username)
  assert.deepEqual(
    [right.status, right.body],
    [400, { error: 'invalid_grant', error_description: 'Invalid user credentials' }],
  )
  const { body } = await asUsersService('GET', `/attack-detection/brute-force/users/${user.id}`)
  assert.equal(body.disabled, true)
  assert.equal(body.numFailures, 10)
  assert.equal((await asUsersService('DELETE', `/attack-detection/brute-force/users/${user.id}`)).status, 204)
  assert.equal((await signIn(user.username)).status, 200)
})

test('no other client of the realm takes a password', async () => {
  const user = await newUser()
  for (const client of [
    'admin-cli',
    'account',
    'account-console',
    'security-admin-console',
    'broker',
    'realm-management',
  ]) {
    const fields = { grant_type: 'password', client_id: client, username: user.username, password }
    const answer = await fetch(`${openid}/token`, { method: 'POST', body: new URLSearchParams(fields) })
    assert(answer.status >= 400, client)
  }
  for (const client of ['beep-web', 'beep-users', 'beep-service-users']) {
    const { body } = await post('token', client, {
      grant_type: 'password',
      username: user.username,
      password,
    })
    assert.equal(body.error, 'unauthorized_client', client)
  }
})

test('what happened is kept, to be asked for', async () => {
  const user = await newUser()
  await signIn(user.username, { password: 'wrong' })
  await signIn(user.username)
  const { body } = await asUsersService('GET', `/events?user=${user.id}`)
  assert.deepEqual(body.map(({ type }) => type).sort(), ['LOGIN', 'LOGIN_ERROR'])
  assert.equal(body.find(({ type }) => type === 'LOGIN_ERROR').error, 'invalid_user_credentials')
  const admin = await asUsersService('GET', `/admin-events?resourcePath=users/${user.id}`)
  assert.deepEqual(
    admin.body.map(({ operationType }) => operationType),
    ['CREATE'],
  )
})

test('Keycloak does not start without its secrets', () => {
  const home = mkdtempSync(join(tmpdir(), 'beep-keycloak-home-'))
  try {
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, 'bin/kc.sh'), '#!/bin/sh\necho started\n', { mode: 0o755 })
    const secrets = Object.fromEntries(
      ['WEB', 'LOGIN', 'USERS', ...services.map((service) => `SERVICE_${service.toUpperCase()}`)].map(
        (name) => [`BEEP_REALM_${name}_SECRET`, 'x'],
      ),
    )
    const start = (env) =>
      spawnSync(fileURLToPath(new URL('deploy/keycloak/start', root)), [home], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env },
      })
    assert.equal(start(secrets).stdout, 'started\n')
    for (const name of Object.keys(secrets)) {
      const { status, stdout, stderr } = start({ ...secrets, [name]: '' })
      assert.deepEqual([status, stdout, stderr], [2, '', `Keycloak does not start without: ${name}\n`])
    }
  } finally {
    rmSync(home, { recursive: true })
  }
})

test('the login pages have the colours of Beep', () => {
  const values = (file) =>
    new Map(
      [...readFileSync(new URL(file, root), 'utf8').matchAll(/^\s*(--[\w-]+): (.*);$/gm)]
        .map(([, name, value]) => [name, value])
        .reverse(),
    )
  const tokens = values('web/src/design/tokens.css')
  const theme = [...values('deploy/keycloak/themes/beep/login/resources/css/beep.css')].filter(
    ([name]) => !name.startsWith('--pf'),
  )
  assert(theme.length > 20)
  for (const [name, value] of theme) assert.equal(value, tokens.get(name), name)
})
