// Students of the school's directory.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import { asAdministrator, asUsersService, claims, newUser, post, signIn } from './keycloak.mjs'

function change(ldif) {
  const {
    BEEP_TEST_LDAP_URL: url,
    BEEP_TEST_LDAP_ADMIN: admin,
    BEEP_TEST_LDAP_ADMIN_PASSWORD: secret,
  } = process.env
  const { status, stderr } = spawnSync('ldapmodify', ['-x', '-H', url, '-D', admin, '-w', secret], {
    input: ldif,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
}
const student = (uid) => signIn(uid, { password: `${uid}-secret` })
const stored = async (uid) => (await asUsersService('GET', `/users?exact=true&username=${uid}`)).body[0]
const dn = (uid) => `dn: uid=${uid},ou=people,dc=polytech\n`
const entry = (uid, mail) =>
  `${dn(uid)}changetype: add\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nmail: ${mail}\nuserPassword: ${uid}-secret\n`

test('a student signs in with the account of the school, and the names come along', async () => {
  const { status, body } = await student('chloe.durand')
  assert.equal(status, 200, JSON.stringify(body))
  const id = claims(body.id_token)
  assert.deepEqual(
    [id.preferred_username, id.given_name, id.family_name, id.email, id.email_verified],
    ['chloe.durand', 'Chloé', 'Durand', 'chloe.durand@polytech.example', true],
  )
  const user = await stored('chloe.durand')
  assert.equal(user.id, claims(body.access_token).sub)
  assert(user.federationLink)
  assert.equal((await signIn('chloe.durand', { password: 'wrong' })).status, 400)
  assert.equal(
    (await signIn('chloe.durand@polytech.example', { password: 'chloe.durand-secret' })).status,
    200,
  )
})

test('the id in Beep is kept with a student; names and e-mail stay those of the directory', async () => {
  await student('francois.lefevre')
  const user = await stored('francois.lefevre')
  const changed = {
    ...user,
    firstName: 'Frank',
    email: 'frank@beep.example',
    attributes: { ...user.attributes, beep_user_id: ['b1'] },
  }
  assert.equal((await asUsersService('PUT', `/users/${user.id}`, changed)).status, 204)
  const { body } = await student('francois.lefevre')
  const id = claims(body.id_token)
  assert.deepEqual(
    [id.given_name, id.email, id.beep_user_id],
    ['François', 'francois.lefevre@polytech.example', 'b1'],
  )
  assert.equal(claims(body.access_token).beep_user_id, 'b1')
})

test('what changes in the directory is there at the next sign-in', async () => {
  await student('zoe.noel')
  change(
    `${dn('zoe.noel')}changetype: modify\nreplace: sn\nsn: Noël-Roux\n-\nreplace: userPassword\nuserPassword: another-secret\n`,
  )
  assert.equal((await student('zoe.noel')).status, 400)
  const { body } = await signIn('zoe.noel', { password: 'another-secret' })
  assert.equal(claims(body.id_token).family_name, 'Noël-Roux')
})

test('who is no longer in the directory gets in no more, and what Beep knows of them stays', async () => {
  const { body } = await student('parti.bientot')
  const user = await stored('parti.bientot')
  await asUsersService('PUT', `/users/${user.id}`, {
    ...user,
    attributes: { ...user.attributes, beep_user_id: ['b2'] },
  })
  change(`${dn('parti.bientot')}changetype: delete\n`)
  const gone = await student('parti.bientot')
  assert(gone.status >= 400 && !gone.body.access_token, JSON.stringify(gone.body))
  const refreshed = await post('token', 'beep-login', {
    grant_type: 'refresh_token',
    refresh_token: body.refresh_token,
  })
  assert.deepEqual([refreshed.status, refreshed.body.error_description], [400, 'User disabled'])
  const { status, body: kept } = await asUsersService('GET', `/users/${user.id}`)
  assert.equal(status, 200)
  assert.deepEqual([kept.enabled, kept.attributes.beep_user_id], [false, ['b2']])
})

test('a student of whom the directory knows too little gets in without the rest, for which Beep asks', async () => {
  const { body } = await student('sans.prenom')
  const id = claims(body.id_token)
  assert.deepEqual(
    [id.preferred_username, id.given_name, id.family_name, id.email],
    ['sans.prenom', undefined, 'Sansprénom', undefined],
  )
})

test('no page of Keycloak changes a password or names: a student would have a second password', async () => {
  const { body } = await asAdministrator('GET', '/authentication/required-actions')
  const enabled = body.filter((action) => action.enabled).map(({ alias }) => alias)
  for (const alias of [
    'UPDATE_PASSWORD',
    'UPDATE_PROFILE',
    'UPDATE_EMAIL',
    'VERIFY_PROFILE',
    'delete_account',
  ])
    assert(!enabled.includes(alias), alias)
})

test('a student’s e-mail is taken before the first sign-in', async () => {
  const early = {
    username: 'early-bird',
    email: 'inconnue@polytech.example',
    firstName: 'E',
    lastName: 'B',
    enabled: true,
  }
  change(entry('inconnue', early.email))
  const { status, body } = await asUsersService('POST', '/users', early)
  assert.deepEqual([status, body.errorMessage], [409, 'User exists with same email'])
})

test('a student who comes to have the e-mail of an account does not become that account', async () => {
  const user = await newUser()
  change(entry('doublon', user.email))
  const { status, body } = await student('doublon')
  assert(status >= 400 && !body.access_token, `${status} ${JSON.stringify(body)}`)
  assert.equal((await signIn(user.username)).status, 200)
  assert.equal((await asUsersService('GET', `/users/${user.id}`)).body.federationLink, undefined)
})
