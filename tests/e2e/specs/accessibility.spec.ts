import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

import { createChannel, createServer, general, join, register, send } from '../support/api'
import { choose, messages, pathOf, signedIn } from '../support/browser'
import { expect, test } from '../support/test'

const widths = { desktop: { width: 1280, height: 800 }, tablet: { width: 800, height: 1000 }, phone: { width: 390, height: 844 } }

/** Keeps a picture for a person to look at, and lets axe look for what a person might not see. */
async function inspect(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(350)
  await page.screenshot({ path: `../../artefacts/screens/${name}.png` })
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
  expect(told, name).toEqual([])
}

for (const [width, viewport] of Object.entries(widths)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const called = (screen: string) => `${screen}-${width}-${colorScheme}`
    const options = { viewport, colorScheme, reducedMotion: 'reduce' as const, hasTouch: width === 'phone' }

    test(`no serious findings on any screen, ${width}, ${colorScheme}`, async ({ browser }) => {
      const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
      const server = await createServer(ada, 'Chess club')
      await join(tom, server)
      const folder = await createChannel(ada, server, { name: 'Games', kind: 'folder' })
      await createChannel(ada, server, { name: 'openings', kind: 'text', parent_id: folder.id, topic: 'Ten moves' })
      await createChannel(ada, server, { name: 'Parlour', kind: 'voice', parent_id: folder.id })
      await send(tom, server, general(server), 'Hello, **Ada**!\n\n> e4\n\n```\n1. e4 e5\n```')
      await send(ada, server, general(server), 'See https://example.org and `Nf3`')

      const visitor = await (await browser.newContext(options)).newPage()
      await visitor.goto('/sign-in')
      await expect(visitor.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
      await inspect(visitor, called('sign-in'))
      await visitor.goto('/sign-up')
      await visitor.getByLabel('Password', { exact: true }).fill('a difference engine')
      await inspect(visitor, called('sign-up'))

      const newcomer = await signedIn(browser, await register('Lea', 'Roy'), '/', options)
      await expect(newcomer.getByRole('heading', { name: /Welcome to Beep/ })).toBeVisible()
      await inspect(newcomer, called('first-run'))
      await newcomer.getByRole('main').getByRole('button', { name: 'Create a server' }).click()
      await inspect(newcomer, called('create-server'))

      const page = await signedIn(browser, ada, pathOf(server, general(server)), options)
      await expect(messages(page)).toHaveCount(2)
      await inspect(page, called('channel'))
      if (width !== 'desktop') {
        await page.getByRole('button', { name: 'Members' }).click()
        await expect(page.getByRole('dialog')).toContainText('Ada Byron')
        await inspect(page, called('members'))
        await page.keyboard.press('Escape')
      }
      if (width === 'phone') {
        await page.getByRole('button', { name: 'Back to the channels' }).click()
        await inspect(page, called('channels'))
      }
      await choose(page, /server menu/, 'Create text channel')
      await inspect(page, called('create-channel'))
      await page.keyboard.press('Escape')
      await page.goto('/discover')
      await expect(page.getByRole('heading', { name: 'Chess club' }).first()).toBeVisible()
      await inspect(page, called('discover'))
      for (const section of ['account', 'devices', 'appearance', 'language']) {
        await page.goto(`/settings/${section}`)
        await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible()
        await inspect(page, called(`settings-${section}`))
      }
    })
  }
}
