import { call, createServer, general, register, unique } from '../support/api'
import { choose, messages, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

test('a visitor looks at an invitation, signs up, and is in', async ({ browser }) => {
  const owner = await register('Inès', 'Moreau')
  const club = await createServer(owner, 'Chess club', 'private')
  const page = await signedIn(browser, owner, `/channels/${club.id}/${general(club).id}`)
  await choose(page, /server menu/, 'Invite people')
  const dialog = page.getByRole('dialog', { name: 'Invite people to Chess club' })
  await dialog.getByLabel('Number of uses').selectOption('1')
  await dialog.getByRole('button', { name: 'Create a link' }).click()
  const link = await dialog.getByLabel('Invitation link').inputValue()

  const visitor = await (await browser.newContext()).newPage()
  await visitor.goto(link)
  await expect(visitor.getByRole('heading', { name: 'Chess club' })).toBeVisible()
  await expect(visitor.getByText('1 member')).toBeVisible()
  await visitor.getByRole('button', { name: 'Create an account and join' }).click()
  const username = unique('lea')
  await visitor.getByLabel('First name', { exact: true }).fill('Léa')
  await visitor.getByLabel('Last name', { exact: true }).fill('Roy')
  await visitor.getByLabel('Username', { exact: true }).fill(username)
  await visitor.getByLabel('E-mail', { exact: true }).fill(`${username}@example.org`)
  await visitor.getByLabel('Password', { exact: true }).fill('a difference engine')
  await visitor.getByRole('button', { name: 'Create account' }).click()
  await visitor.getByRole('button', { name: 'Skip for now' }).click()
  await expect(visitor).toHaveURL(new RegExp(`/channels/${club.id}/`))
  await expect(visitor.getByRole('button', { name: 'Chess club: server menu' })).toBeVisible()

  // It was good for one.
  const late = await (await browser.newContext()).newPage()
  await late.goto(link)
  await expect(late.getByRole('heading', { name: 'This invitation is not valid' })).toBeVisible()
})

test('an invitation by name is seen and answered live, on every device', async ({ browser }) => {
  const [owner, guest] = await Promise.all([register('Inès', 'Moreau'), register('Tom', 'Bakker')])
  const club = await createServer(owner, 'Chess club', 'private')
  const book = await createServer(owner, 'Book club', 'private')
  const [desk, phone] = [await signedIn(browser, guest, '/'), await signedIn(browser, guest, '/discover')]
  await expect(desk.getByRole('heading', { name: /^Welcome to Beep/ })).toBeVisible()
  const page = await signedIn(browser, owner, `/channels/${club.id}/${general(club).id}`)
  await choose(page, /server menu/, 'Invite people')
  const dialog = page.getByRole('dialog', { name: 'Invite people to Chess club' })
  await dialog.getByLabel('Username').fill(guest.username.slice(0, -1))
  await dialog.getByRole('button', { name: 'Invite Tom Bakker' }).first().click()
  await expect(dialog.getByRole('button', { name: 'Tom Bakker is invited' })).toBeDisabled()
  await call(owner.token, 'POST', `/servers/${book.id}/invitations`, { user_id: guest.id })

  for (const device of [desk, phone]) {
    await device.getByRole('button', { name: '2 invitations' }).click()
    await expect(device.getByRole('dialog').getByText('Inès Moreau invites you.').first()).toBeVisible()
  }
  await desk.getByRole('button', { name: 'Decline Book club' }).click()
  await expect(phone.getByRole('button', { name: 'Accept Book club' })).toBeHidden()
  await desk.getByRole('button', { name: 'Accept Chess club' }).click()
  await expect(desk).toHaveURL(new RegExp(`/channels/${club.id}/`))
  await expect(phone.getByText('No invitation waits for you')).toBeVisible()
  await phone.getByRole('button', { name: 'Close' }).click()
  await expect(phone.getByRole('link', { name: 'Chess club' })).toBeVisible()
  await expect(messages(desk)).toHaveCount(0)
})

test('links are listed and revoked, and entered by hand', async ({ browser }) => {
  const [owner, guest] = await Promise.all([register('Inès', 'Moreau'), register('Tom', 'Bakker')])
  const club = await createServer(owner, 'Chess club', 'private')
  const make = () => call<{ code: string }>(owner.token, 'POST', `/servers/${club.id}/invitations`, {})
  const [kept, gone] = [await make(), await make()]
  const page = await signedIn(browser, owner, `/channels/${club.id}/${general(club).id}`)
  await choose(page, /server menu/, 'Invitations')
  const dialog = page.getByRole('dialog', { name: 'Invitations to Chess club' })
  await dialog.getByRole('button', { name: `Revoke the link ${gone.code}` }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(1)

  const visitor = await signedIn(browser, guest, '/')
  await visitor.getByRole('button', { name: 'Enter an invitation' }).click()
  await visitor.getByLabel('Link or code').fill(kept.code)
  await visitor.getByRole('button', { name: 'Continue' }).click()
  await visitor.getByRole('button', { name: 'Join Chess club' }).click()
  await expect(visitor).toHaveURL(new RegExp(`/channels/${club.id}/`))
  // Those who look at the list see that it was used.
  await expect(dialog.getByText('used once')).toBeVisible()
})
