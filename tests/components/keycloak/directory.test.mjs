// Students of the school's directory.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import { asAdministrator, asUsersService, claims, newOneTimeCodes, signIn } from './keycloak.mjs'

function change(ldif) {
  const { BEEP_TEST_LDAP_URL: url, BEEP_TEST_LDAP_ADMIN: admin, BEEP_TEST_LDAP_ADMIN_PASSWORD: secret } = process.env
  const { status, stderr } = spawnSync('ldapmodify', ['-x', '-H', url, '-D', admin, '-w', secret], { input: ldif, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
const student = (uid) => signIn(uid, { password: `${uid}-secret` })
const stored = async (uid) => (await asUsersService('GET', `/users?exact=true&username=${uid}`)).body[0]
const dn = (uid) => `dn: uid=${uid},ou=people,dc=polytech\n`

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
  assert.equal((await signIn('chloe.durand@polytech.example', { password: 'chloe.durand-secret' })).status, 200)
})

test('the id in Beep is kept with a student, though the directory is read only', async () => {
  await student('francois.lefevre')
  const user = await stored('francois.lefevre')
  const changed = { ...user, attributes: { ...user.attributes, beep_user_id: ['b1'] } }
  assert.equal((await asUsersService('PUT', `/users/${user.id}`, changed)).status, 204)
  assert.equal(claims((await student('francois.lefevre')).body.access_token).beep_user_id, 'b1')
  const renamed = await asUsersService('PUT', `/users/${user.id}`, { ...changed, firstName: 'Frank' })
  assert.equal(renamed.status, 400, JSON.stringify(renamed.body))
  const password = await asUsersService('PUT', `/users/${user.id}/reset-password`, { type: 'password', value: 'correct horse battery' })
  assert.equal(password.status, 400, JSON.stringify(password.body))
})

test('what changes in the directory is there at the next sign-in', async () => {
  await student('zoe.noel')
  change(`${dn('zoe.noel')}changetype: modify\nreplace: sn\nsn: Noël-Roux\n-\nreplace: userPassword\nuserPassword: another-secret\n`)
  assert.equal((await student('zoe.noel')).status, 400)
  const { body } = await signIn('zoe.noel', { password: 'another-secret' })
  assert.equal(claims(body.id_token).family_name, 'Noël-Roux')
})

test('who is no longer in the directory gets in no more, and what Beep knows of them stays', async () => {
  const { body } = await student('parti.bientot')
  const user = await stored('parti.bientot')
  await asUsersService('PUT', `/users/${user.id}`, { ...user, attributes: { ...user.attributes, beep_user_id: ['b2'] } })
  change(`${dn('parti.bientot')}changetype: delete\n`)
  const gone = await student('parti.bientot')
  assert(gone.status >= 400 && !gone.body.access_token, JSON.stringify(gone.body))
  const { refresh_token } = body
  assert(refresh_token)
  const { status, body: kept } = await asUsersService('GET', `/users/${user.id}`)
  assert.equal(status, 200)
  assert.deepEqual(kept.attributes.beep_user_id, ['b2'])
})

test('a student of whom the directory knows too little is asked for the rest in the browser', async () => {
  const { status, body } = await student('sans.prenom')
  assert.deepEqual([status, body.error_description], [400, 'Account is not fully set up'])
})

test('the account that reads the directory sees no passwords and changes nothing', async () => {
  const { body } = await asAdministrator('GET', '/components?type=org.keycloak.storage.UserStorageProvider')
  const { config } = body[0]
  assert.deepEqual([config.editMode, config.importEnabled, config.trustEmail], [['READ_ONLY'], ['true'], ['true']])
  assert(newOneTimeCodes())
})
