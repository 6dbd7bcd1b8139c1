import type { Page } from '@playwright/test'

import { createChannel, createServer, general, join, register, send } from '../support/api'
import { channelLinks, message, messages, pathOf, signedIn } from '../support/browser'
import { viewports } from '../support/looks'
import { expect, test } from '../support/test'

async function club() {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Chess club')
  await join(tom, server)
  const folder = await createChannel(ada, server, { name: 'Games', kind: 'folder' })
  await createChannel(ada, server, { name: 'openings', kind: 'text', parent_id: folder.id })
  await send(ada, server, general(server), 'e4')
  return { ada, tom, server }
}

test('everything is done with the keyboard, and the focus comes back to where it was', async ({ browser }) => {
  const { ada, server } = await club()
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await expect(messages(page)).toHaveCount(1)
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeFocused()

  // A menu opens by arrow, and Escape leads back to its button.
  const menu = page.getByRole('button', { name: 'Chess club: server menu' })
  await menu.focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: 'Invite people' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(menu).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('menuitem', { name: 'Leave server' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(menu).toBeFocused()

  // So does a dialog; the field one types in has the focus.
  await page.keyboard.press('Enter')
  await page.keyboard.type('Create text')
  await expect(page.getByRole('menuitem', { name: 'Create text channel' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused()
  await page.keyboard.type('endgames')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'endgames' })).toBeVisible()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(page.getByRole('heading', { level: 1, name: 'general' })).toBeVisible()

  // A message is edited, and deleted, without a mouse.
  await message(page, 'e4').focus()
  await page.keyboard.press('e')
  await expect(page.getByRole('textbox', { name: 'Edit message' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeFocused()
  await message(page, 'e4').focus()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alertdialog').getByRole('button', { name: 'Delete' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(messages(page)).toHaveCount(0)
})

/** Buttons and links that a finger would miss, in pixels of width and height. */
function small(page: Page, least: number): Promise<string[]> {
  return page.evaluate((pixels) => {
    const targets = [...document.querySelectorAll<HTMLElement>('button, a[href], input:not([type=file]), select')]
    return targets.flatMap((element) => {
      // A field is touched at its frame, a choice at its label.
      const touched = element.matches('input') ? (element.closest('label, [class*=frame]') ?? element) : element
      const { width, height } = touched.getBoundingClientRect()
      const hidden = (element.parentElement?.getBoundingClientRect().width ?? 0) <= 1
      // Links within a sentence are as high as its line.
      if (hidden || element.closest('p, [class*=foot], article')) return []
      return width < pixels - 0.5 || height < pixels - 0.5
        ? [`${element.getAttribute('aria-label') ?? element.textContent}: ${width}×${height}`]
        : []
    })
  }, least)
}

test('on a phone a finger hits every button and link', async ({ browser }) => {
  const { ada, server } = await club()
  const options = { viewport: viewports.phone, hasTouch: true, isMobile: true }
  const page = await signedIn(browser, ada, pathOf(server, general(server)), options)
  await expect(messages(page)).toHaveCount(1)
  expect(await small(page, 44)).toEqual([])
  await page.getByRole('button', { name: 'Back to the channels' }).tap()
  await expect(channelLinks(page)).toHaveText(['general', 'openings'])
  expect(await small(page, 44)).toEqual([])
  await page.getByRole('button', { name: 'Chess club: server menu' }).tap()
  await page.getByRole('menuitem', { name: 'Create text channel' }).tap()
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await small(page, 44)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).tap()
  await channelLinks(page).filter({ hasText: 'openings' }).tap()
  await expect(page.getByRole('heading', { level: 1, name: 'openings' })).toBeVisible()
})

test('at 200% nothing is lost: one writes, reads and opens menus', async ({ browser }) => {
  const { ada, server } = await club()
  const { width, height } = viewports.desktop
  // As a browser does it: half as many pixels, each twice as large.
  const options = { viewport: { width: width / 2, height: height / 2 }, deviceScaleFactor: 2 }
  const page = await signedIn(browser, ada, pathOf(server, general(server)), options)
  await expect(messages(page)).toHaveCount(1)
  await expect(page.getByRole('textbox', { name: 'Message to general' })).toBeInViewport({ ratio: 1 })
  await page.getByRole('button', { name: 'Chess club: server menu' }).click()
  await expect(page.getByRole('menuitem', { name: 'Leave server' })).toBeInViewport({ ratio: 1 })
  await page.getByRole('menuitem', { name: 'Server settings' }).click()
  await page.getByRole('textbox', { name: 'Description' }).fill('For beginners')
  await expect(page.getByRole('button', { name: 'Save' })).toBeInViewport({ ratio: 1 })
})
