import type { Page } from '@playwright/test'
import { createServer, general, join, register, send } from '../support/api'
import { message, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

function composer(page: Page) {
  return page.getByRole('textbox', { name: /^Message to/ })
}

test('what one begins to write is there on the other device, and gone when it was sent', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const channel = general(server)
  await send(tom, server, channel, 'Who opens?')
  const laptop = await signedIn(browser, ada, pathOf(server, channel))
  const phone = await signedIn(browser, ada, pathOf(server, channel))
  const other = await signedIn(browser, tom, pathOf(server, channel))

  await composer(laptop).fill('I will be there at')
  await expect(composer(phone)).toHaveValue('I will be there at')
  await message(laptop, 'Who opens?').click({ button: 'right' })
  await laptop.getByRole('menuitem', { name: /^Reply/ }).click()
  await expect(phone.getByTestId('reply-strip')).toContainText('Who opens?')
  await composer(phone).press('End')
  await composer(phone).pressSequentially(' nine')
  await expect(composer(laptop)).toHaveValue('I will be there at nine')

  // It is as well there when a page is loaded later.
  await laptop.reload()
  await expect(composer(laptop)).toHaveValue('I will be there at nine')
  await expect(laptop.getByTestId('reply-strip')).toContainText('Who opens?')
  const tablet = await signedIn(browser, ada, pathOf(server, channel))
  await expect(composer(tablet)).toHaveValue('I will be there at nine')
  await expect(tablet.getByTestId('reply-strip')).toContainText('Who opens?')
  await expect(composer(other)).toHaveValue('')

  await composer(phone).press('Enter')
  await expect(message(other, 'I will be there at nine')).toBeVisible()
  for (const page of [laptop, tablet, phone]) {
    await expect(composer(page)).toHaveValue('')
    await expect(page.getByTestId('reply-strip')).toHaveCount(0)
  }
  await laptop.reload()
  await expect(message(laptop, 'I will be there at nine')).toBeVisible()
  await expect(composer(laptop)).toHaveValue('')
})
