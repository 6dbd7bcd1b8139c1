// Sign-in by another provider: a second realm stands in for Google, and for a provider of SAML.
import assert from 'node:assert/strict'
import test from 'node:test'
import {
  asAdministrator,
  asUsersService,
  callback,
  claims,
  newOneTimeCodes,
  newUser,
  password,
  signIn,
} from './keycloak.mjs'
import { exchange, withPassword, withProvider } from './sign-in.mjs'
import { Visitor } from './visitor.mjs'

const isBack = (page) =>
  assert(page.url.href.startsWith(callback), `${page.url}: ${page.title}: ${page.text.slice(0, 400)}`)
const linked = async (id) =>
  (await asUsersService('GET', `/users/${id}/federated-identity`)).body.map(
    ({ identityProvider }) => identityProvider,
  )
/** Whoever has the address that the provider has of the imposter. */
async function forgetVictim() {
  for (const { id } of (await asUsersService('GET', '/users?exact=true&email=victim@beep.example')).body)
    await asUsersService('DELETE', `/users/${id}`)
}

test('no sign-in asks who one wants to be: Beep does', async () => {
  for (const [provider, name, given] of [
    ['google', 'gaelle', 'Gaëlle'],
    ['saml', 'nadia', 'Nadia'],
  ]) {
    const { page: back, verifier } = await withProvider(new Visitor(), provider, name)
    isBack(back)
    const token = claims((await exchange(back, verifier)).body.access_token)
    assert.equal(token.identity_provider, provider)
    assert.equal(token.beep_user_id, undefined, 'Beep does not know the user yet')
    const { body: user } = await asUsersService('GET', `/users/${token.sub}`)
    assert.deepEqual(
      [user.firstName, user.email, user.emailVerified],
      [given, `${name}@google.example`, false],
    )
    assert.deepEqual(await linked(user.id), [provider])

    const again = await withProvider(new Visitor(), provider, name)
    isBack(again.page)
    assert.equal(claims((await exchange(again.page, again.verifier)).body.access_token).sub, user.id)
    const noPassword = await signIn(user.username)
    assert.equal(noPassword.status, 400)
  }
})

test('an account with the same e-mail is not linked before one has signed in to it, with its code', async () => {
  await forgetVictim()
  const { credential, code } = newOneTimeCodes()
  const victim = await newUser({
    email: 'victim@beep.example',
    credentials: [{ type: 'password', value: password }, credential],
  })
  const visitor = new Visitor()
  const { page: confirm, verifier } = await withProvider(visitor, 'google', 'imposter')
  assert.equal(confirm.title, 'You have an account already')
  assert.deepEqual(await linked(victim.id), [])
  const proof = await visitor.submit(confirm, { submitAction: 'linkAccount' })
  const refused = await visitor.submit(proof, { password: 'wrong' })
  assert(!refused.url.searchParams.has('code'))
  const asksCode = await visitor.insist(refused, { password })
  assert.deepEqual(await linked(victim.id), [], 'the password alone is not enough')
  const refusedAgain = await visitor.submit(asksCode, { otp: '000000' })
  const back = await visitor.insist(refusedAgain, { otp: code() })
  isBack(back)
  assert.equal(claims((await exchange(back, verifier)).body.access_token).sub, victim.id)
  assert.deepEqual(await linked(victim.id), ['google'])
  assert.equal((await asUsersService('DELETE', `/users/${victim.id}/federated-identity/google`)).status, 204)
})

test('nobody becomes somebody else by changing the e-mail or the name that the provider gave', async () => {
  await forgetVictim()
  await newUser({ email: 'victim@beep.example' })
  const victim = await newUser()
  const { body: before } = await asUsersService('GET', `/users/${victim.id}`)
  for (const fields of [
    { lastName: 'X', username: victim.username },
    { lastName: 'X', username: 'brand-new', email: victim.email },
  ]) {
    const visitor = new Visitor()
    const { page: confirm } = await withProvider(visitor, 'google', 'imposter')
    const page = await visitor.submit(confirm, { submitAction: 'updateProfile' })
    const next = await visitor.submit(page, fields)
    assert(!next.url.searchParams.has('code'), JSON.stringify(fields))
    assert.deepEqual(await linked(victim.id), [])
    assert.deepEqual((await asUsersService('GET', `/users/${victim.id}`)).body, before)
  }
})

test('no provider’s word for an e-mail is trusted', async () => {
  const { body } = await asAdministrator('GET', '/identity-provider/instances')
  assert.deepEqual(body.map(({ alias }) => alias).sort(), ['github', 'google', 'saml'])
  for (const provider of body) {
    assert.deepEqual(
      [provider.trustEmail, provider.storeToken, provider.firstBrokerLoginFlowAlias],
      [false, false, 'first broker login'],
    )
  }
  assert.equal(body.find(({ alias }) => alias === 'github').enabled, false, 'nobody has configured it')
})

test('beep-web may let people link a provider, and nothing more; no token tells of it', async () => {
  const clients = async (id) => (await asAdministrator('GET', `/clients?clientId=${id}`)).body[0].id
  const { body } = await asAdministrator('GET', `/clients/${await clients('beep-web')}/scope-mappings`)
  const named = Object.values(body.clientMappings).map(({ client, mappings }) => [client, mappings.map(({ name }) => name)])
  assert.deepEqual(named, [['account', ['manage-account-links']]])
  assert.equal(body.realmMappings, undefined)
  for (const client of ['beep-login', 'beep-service-users']) {
    const other = await asAdministrator('GET', `/clients/${await clients(client)}/scope-mappings`)
    assert.deepEqual(other.body, {}, client)
  }
  const user = await newUser()
  const { page, verifier } = await withPassword(new Visitor(), user.username)
  const tokens = (await exchange(page, verifier)).body
  for (const token of [tokens.access_token, tokens.id_token]) {
    const { aud, realm_access, resource_access } = claims(token)
    assert.deepEqual([typeof aud, realm_access, resource_access], ['string', undefined, undefined])
  }
})

test('Keycloak lets the users service link one account of a provider to two users: who does so must look first', async () => {
  const link = { identityProvider: 'google', userId: 'same-account', userName: 'same' }
  const users = [await newUser(), await newUser()]
  for (const { id } of users)
    assert.equal((await asUsersService('POST', `/users/${id}/federated-identity/google`, link)).status, 204)
  const { body } = await asUsersService('GET', '/users?idpAlias=google&idpUserId=same-account')
  assert.deepEqual(body.map(({ id }) => id).sort(), users.map(({ id }) => id).sort())
})
