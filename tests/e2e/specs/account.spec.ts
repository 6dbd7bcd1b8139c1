import { register, unique } from '../support/api'
import { choose, signedIn } from '../support/browser'
import { pngOf } from '../support/picture'
import { expect, test } from '../support/test'

test('a visitor signs up with a picture, signs out and signs in again (A1, A2, A4)', async ({ page }) => {
  const username = unique('ada')
  await page.goto('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Byron')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('E-mail').fill(`${username}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill('abc')
  await expect(page.getByText('Weak: make it longer')).toBeVisible()
  await page.getByLabel('Password', { exact: true }).fill('a difference engine')
  await expect(page.getByText('Strong')).toBeVisible()
  await page.getByRole('button', { name: 'Create account' }).click()

  await expect(page.getByRole('heading', { name: 'Add a picture' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use this picture' })).toBeDisabled()
  await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: pngOf(40, 20) })
  await expect(page.getByRole('img', { name: /Preview of your picture/ })).toBeVisible()
  // Less of the picture is left after zooming in, and the arrow keys move it: the red half, at the left, comes into the middle.
  const crop = page.getByRole('img', { name: /Preview of your picture/ })
  const middle = () =>
    crop.evaluate((canvas: HTMLCanvasElement) => {
      const pixel = canvas.getContext('2d')?.getImageData(canvas.width / 2 + 4, canvas.height / 2, 1, 1).data
      return pixel && (pixel[0] ?? 0) > (pixel[2] ?? 0) ? 'red' : 'blue'
    })
  await page.getByLabel('Zoom').fill('1.5')
  await expect.poll(middle).toBe('blue')
  await crop.focus()
  await crop.press('ArrowLeft')
  await expect.poll(middle).toBe('red')
  await page.getByRole('button', { name: 'Use this picture' }).click()

  await expect(page.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()
  await expect(page.locator('img[src^="/api/v1/pictures/"]').first()).toBeVisible()

  await choose(page, /Ada Byron.*status and account/, 'Sign out')
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await page.getByLabel('E-mail').fill(`${username}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill('a difference engine')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()
})

test('the picture can be left out', async ({ page }) => {
  const username = unique('tom')
  await page.goto('/sign-up')
  await page.getByLabel('First name').fill('Tom')
  await page.getByLabel('Last name').fill('Bakker')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('E-mail').fill(`${username}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill('a bicycle and calipers')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Skip for now' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome to Beep, Tom' })).toBeVisible()
})

test('what is wrong is said at the field and in words', async ({ page }) => {
  const known = await register()
  await page.goto('/sign-up')
  await page.getByLabel('First name').fill('Ada')
  await page.getByLabel('Last name').fill('Byron')
  await page.getByLabel('Username').fill(known.username)
  await page.getByLabel('E-mail').fill(`new-${known.email}`)
  await page.getByLabel('Password', { exact: true }).fill('a difference engine')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Somebody else has this username.' })).toBeVisible()
  await expect(page.getByLabel('Username')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByLabel('Username')).toBeFocused()
  await expect(page.getByLabel('First name')).toHaveValue('Ada')

  // Mended, it goes through.
  await page.getByLabel('Username').fill(unique('ada'))
  await expect(page.getByLabel('Username')).not.toHaveAttribute('aria-invalid', 'true')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Add a picture' })).toBeVisible()
  await page.context().clearCookies()

  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(known.email)
  await page.getByLabel('Password', { exact: true }).fill('not this one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'do not belong together' })).toBeVisible()
})

test('two people who share a device switch accounts (A4)', async ({ page }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  for (const account of [ada, tom]) {
    await page.goto('/sign-in')
    await page.getByLabel('E-mail').fill(account.email)
    await page.getByLabel('Password', { exact: true }).fill(account.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
    await choose(page, /status and account/, 'Switch account')
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  }
  const accounts = page.getByRole('list', { name: 'Accounts on this device' })
  await expect(accounts.getByRole('listitem')).toHaveCount(2)
  await accounts.getByRole('button', { name: /^Ada Byron/ }).click()
  await expect(page.getByLabel('E-mail')).toHaveValue(ada.email)
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome to Beep, Ada' })).toBeVisible()
})

test('where a picture is gone, there are initials', async ({ page }) => {
  const avatarUrl = `/api/v1/pictures/${'0'.repeat(64)}.jpg`
  const account = { id: '1', name: 'Ada Byron', email: 'ada@example.org', avatarUrl }
  await page.addInitScript((accounts) => localStorage.setItem('beep.accounts', accounts), JSON.stringify([account]))
  await page.goto('/sign-in')
  const accounts = page.getByRole('list', { name: 'Accounts on this device' })
  await expect(accounts.locator('[data-initials="AB"]')).toHaveCount(1)
  await expect(accounts.locator('img')).toHaveCount(0)
})

test('a sign-in is ended from another device', async ({ browser }) => {
  const ada = await register()
  const lost = await signedIn(browser, ada)
  await expect(lost.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
  const mine = await signedIn(browser, ada, '/settings/devices')
  await expect(mine.getByText('This device')).toBeVisible()
  // Registering through the API left a sign-in too: end all others.
  const others = mine.getByRole('dialog').getByRole('listitem').getByRole('button', { name: /^Sign out/ })
  for (let left = await others.count(); left > 0; left -= 1) {
    await others.first().click()
    await expect(others).toHaveCount(left - 1)
  }
  await expect(lost.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})

test('the profile and its picture are changed in the settings', async ({ browser }) => {
  const ada = await register()
  const page = await signedIn(browser, ada, '/settings/account')
  await page.getByLabel('Last name').fill('Lovelace')
  await page.getByLabel('About me').fill('Weaves algebraical patterns.')
  await expect(page.getByText('There are changes that are not saved.')).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('There are changes that are not saved.')).toBeHidden()
  await page.reload()
  await expect(page.getByLabel('Last name')).toHaveValue('Lovelace')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: /Ada Lovelace.*status and account/ })).toBeVisible()
})
