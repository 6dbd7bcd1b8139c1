// Sign-in in a browser, by Keycloak's own pages.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import test from 'node:test'
import {
  asAdministrator,
  asUsersService,
  callback,
  claims,
  header,
  issuer,
  newOneTimeCodes,
  newUser,
  oneTimeCode,
  password,
  post,
  publicUrl,
} from './keycloak.mjs'
import { beginning, exchange, withPassword } from './sign-in.mjs'
import { Visitor } from './visitor.mjs'

const isBack = (page) =>
  assert(page.url.href.startsWith(callback), `${page.url}: ${page.title}: ${page.text.slice(0, 400)}`)

test('a sign-in brings a code, and that a token for Beep', async () => {
  const user = await newUser()
  const { page, verifier, state, nonce } = await withPassword(new Visitor(), user.email)
  isBack(page)
  assert.equal(page.url.searchParams.get('state'), state)
  assert.equal(page.url.searchParams.get('iss'), issuer)
  const { status, body } = await exchange(page, verifier)
  assert.equal(status, 200, JSON.stringify(body))
  const token = claims(body.access_token)
  assert.deepEqual(
    [token.aud, token.azp, token.sub, token.beep_user_id],
    ['beep', 'beep-web', user.id, `id-${user.username}`],
  )
  assert.equal(token.sid, claims(body.id_token).sid)
  assert.equal(claims(body.id_token).nonce, nonce)
  const refreshed = await post('token', 'beep-web', {
    grant_type: 'refresh_token',
    refresh_token: body.refresh_token,
  })
  assert.equal(claims(refreshed.body.access_token).sid, token.sid)

  const again = await exchange(page, verifier)
  assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant'], 'the same code again')
  const taken = await post('token', 'beep-web', {
    grant_type: 'refresh_token',
    refresh_token: body.refresh_token,
  })
  assert.equal(taken.status, 400, 'who uses a code twice ends what came of it')
})

test('a sign-in without PKCE, or with a weak one, is refused', async () => {
  for (const weak of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
  ]) {
    const page = await new Visitor().go(beginning(weak).url)
    isBack(page)
    assert.equal(page.url.searchParams.get('error'), 'invalid_request')
    assert.equal(page.url.searchParams.get('code'), null)
  }
  const { page } = await withPassword(new Visitor(), (await newUser()).username)
  const { status, body } = await exchange(page, 'x'.repeat(43))
  assert.deepEqual([status, body.error], [400, 'invalid_grant'])
})

test('nobody is sent to an address outside the list', async () => {
  for (const redirect_uri of [
    `${callback}/more`,
    `${callback}?a=b`,
    'https://evil.example/',
    `${publicUrl}/`,
    `${publicUrl}@evil.example/api/v1/auth/callback`,
  ]) {
    const page = await new Visitor().go(beginning({ redirect_uri }).url)
    assert.equal(page.status, 400, redirect_uri)
    assert(page.url.href.startsWith(issuer))
  }
  const out = new URL(`${issuer}/protocol/openid-connect/logout`)
  out.search = new URLSearchParams({
    client_id: 'beep-web',
    post_logout_redirect_uri: 'https://evil.example/',
  })
  assert.equal((await new Visitor().go(out)).status, 400)
})

test('a wrong password and an unknown name are answered alike', async () => {
  const user = await newUser()
  const said = []
  for (const username of [user.email, 'nobody@beep.example']) {
    const visitor = new Visitor()
    const page = await visitor.submit(await visitor.go(beginning().url), { username, password: 'wrong' })
    assert.equal(page.status, 200)
    said.push(
      /id="input-error[^"]*"[^>]*>([\s\S]*?)<\/div>/
        .exec(page.html)[1]
        .replace(/<[^>]*>/g, '')
        .trim(),
    )
  }
  assert.equal(said[0], said[1])
  assert.equal(said[0], 'That e-mail and password do not go together.')
})

test('the pages speak English and French', async () => {
  assert.equal((await new Visitor('en').go(beginning().url)).title, 'Welcome back')
  assert.equal((await new Visitor('fr').go(beginning().url)).title, 'Content de vous revoir')
  assert.equal(
    (await new Visitor('en').go(beginning({ ui_locales: 'fr' }).url)).title,
    'Content de vous revoir',
  )
})

test('a one-time code is asked for in the browser, too', async () => {
  const { credential, code } = newOneTimeCodes()
  const user = await newUser({ credentials: [{ type: 'password', value: password }, credential] })
  const visitor = new Visitor()
  const { page, verifier } = await withPassword(visitor, user.username)
  const wrong = await visitor.submit(page, { otp: '000000' })
  const back = await visitor.insist(wrong, { otp: code() })
  isBack(back)
  assert.equal((await exchange(back, verifier)).status, 200)
})

test('codes are set up in the browser at Beep’s wish, and recovery codes after', async () => {
  const user = await newUser()
  const visitor = new Visitor()
  await withPassword(visitor, user.username)
  const asked = await visitor.go(beginning({ kc_action: 'CONFIGURE_TOTP' }).url)
  const secret = asked.form('totp').fields.totpSecret
  const done = await visitor.submit(asked, { totp: oneTimeCode(Buffer.from(secret)), userLabel: 'Phone' })
  isBack(done)
  assert.equal(done.url.searchParams.get('kc_action_status'), 'success')
  assert.equal(done.url.searchParams.get('kc_action'), 'CONFIGURE_TOTP')

  const codesPage = await visitor.go(beginning({ kc_action: 'CONFIGURE_RECOVERY_AUTHN_CODES' }).url)
  const codes = codesPage.form('generatedRecoveryAuthnCodes').fields.generatedRecoveryAuthnCodes.split(',')
  assert.equal(codes.length, 12)
  const saved = await visitor.submit(codesPage, { generatedRecoveryAuthnCodes: codes.join(',') })
  isBack(saved)

  const other = new Visitor()
  const { page, verifier } = await withPassword(other, user.username)
  const choice = await other.submit(page, { tryAnotherWay: 'on' })
  const { body: kept } = await asUsersService('GET', `/users/${user.id}/credentials`)
  assert.deepEqual(kept.map(({ type }) => type).sort(), ['otp', 'password', 'recovery-authn-codes'])
  const executions = [...choice.html.matchAll(/name="authenticationExecution"[^>]*value="([^"]+)"/g)].map(
    ([, id]) => id,
  )
  const asksCode = await other.submit(choice, { authenticationExecution: executions.at(-1) })
  const back = await other.submit(asksCode, { recoveryCodeInput: codes[0] })
  isBack(back)
  assert.equal((await exchange(back, verifier)).status, 200)
})

test('a wish that is called off says so', async () => {
  const user = await newUser()
  const visitor = new Visitor()
  await withPassword(visitor, user.username)
  const asked = await visitor.go(beginning({ kc_action: 'CONFIGURE_TOTP' }).url)
  const back = await visitor.submit(asked, { 'cancel-aia': 'true' })
  assert.equal(back.url.searchParams.get('kc_action_status'), 'cancelled')
})

test('who may not delete accounts or change e-mails by Keycloak’s pages cannot', async () => {
  const user = await newUser()
  const visitor = new Visitor()
  await withPassword(visitor, user.username)
  for (const kc_action of ['delete_account', 'UPDATE_EMAIL']) {
    const page = await visitor.go(beginning({ kc_action }).url)
    isBack(page)
    assert.notEqual(page.url.searchParams.get('kc_action_status'), 'success')
  }
  assert.equal((await asUsersService('GET', `/users/${user.id}`)).status, 200)
})

test('logging out ends the session', async () => {
  const user = await newUser()
  const visitor = new Visitor()
  const { page, verifier } = await withPassword(visitor, user.username)
  const { body } = await exchange(page, verifier)
  assert.equal((await asUsersService('GET', `/users/${user.id}/sessions`)).body.length, 1)
  const out = new URL(`${issuer}/protocol/openid-connect/logout`)
  out.search = new URLSearchParams({
    id_token_hint: body.id_token,
    post_logout_redirect_uri: `${publicUrl}/`,
    state: 's',
  })
  const end = await visitor.go(out)
  assert.equal(end.url.href, `${publicUrl}/?state=s`)
  assert.equal((await asUsersService('GET', `/users/${user.id}/sessions`)).body.length, 0)
  const refreshed = await post('token', 'beep-web', {
    grant_type: 'refresh_token',
    refresh_token: body.refresh_token,
  })
  assert.deepEqual([refreshed.status, refreshed.body.error], [400, 'invalid_grant'])
  assert.equal((await visitor.go(beginning().url)).title, 'Welcome back', 'the browser is signed out, too')

  const second = await withPassword(visitor, user.username)
  const tokens = (await exchange(second.page, second.verifier)).body
  assert.equal(
    (await post('logout', 'beep-web', { refresh_token: tokens.refresh_token })).status,
    204,
    'without a browser',
  )
  assert.equal((await asUsersService('GET', `/users/${user.id}/sessions`)).body.length, 0)
})

test('Beep is told when a session ends, however it ends', async () => {
  const heard = []
  let wake
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      heard.push(new URLSearchParams(body).get('logout_token'))
      response.end()
      wake?.()
    })
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { body: found } = await asAdministrator('GET', '/clients?clientId=beep-web')
  const client = found[0]
  const attributes = {
    ...client.attributes,
    'backchannel.logout.url': `http://127.0.0.1:${server.address().port}/`,
  }
  assert.equal((await asAdministrator('PUT', `/clients/${client.id}`, { ...client, attributes })).status, 204)
  try {
    const user = await newUser()
    for (const end of [
      (token) => asUsersService('DELETE', `/sessions/${token.sid}`),
      () => asUsersService('POST', `/users/${user.id}/logout`),
      (_, tokens) => post('logout', 'beep-web', { refresh_token: tokens.refresh_token }),
    ]) {
      const { page, verifier } = await withPassword(new Visitor(), user.username)
      const { body } = await exchange(page, verifier)
      const told = new Promise((resolve) => (wake = resolve))
      const answer = await end(claims(body.access_token), body)
      assert.equal(answer.status, 204, `${end}: ${JSON.stringify(answer.body)}`)
      await told
      const token = heard.pop()
      assert.equal(header(token).typ, 'logout+jwt')
      assert.equal(header(token).alg, 'EdDSA')
      const said = claims(token)
      assert.deepEqual(
        [said.iss, said.aud, said.sub, said.sid],
        [issuer, 'beep-web', user.id, claims(body.access_token).sid],
      )
      assert('http://schemas.openid.net/event/backchannel-logout' in said.events)
    }
  } finally {
    await asAdministrator('PUT', `/clients/${client.id}`, client)
    server.close()
  }
})

test('who has only a key for a second factor does not get in by a password alone', async () => {
  const key = {
    type: 'webauthn',
    userLabel: 'Key',
    secretData: '{}',
    credentialData: JSON.stringify({
      aaguid: '00000000-0000-0000-0000-000000000000',
      credentialId: 'AAAA',
      counter: 0,
      credentialPublicKey: 'pQECAyYgASFYIA',
      attestationStatementFormat: 'none',
      transports: [],
    }),
  }
  const user = await newUser({ credentials: [{ type: 'password', value: password }, key] })
  const { body: kept } = await asUsersService('GET', `/users/${user.id}/credentials`)
  assert.deepEqual(kept.map(({ type }) => type).sort(), ['password', 'webauthn'])
  const { page } = await withPassword(new Visitor(), user.username)
  assert(!page.url.searchParams.has('code'))
  assert.match(page.html, /webauthn/)
  const { status, body } = await post('token', 'beep-login', {
    grant_type: 'password',
    username: user.username,
    password,
  })
  assert(!body.access_token, `${status} ${JSON.stringify(body).slice(0, 300)}`)
})
