/** The test function of these specs: Playwright's, with what one test opened closed before the next begins. */
import { test as base } from '@playwright/test'

export { expect } from '@playwright/test'

export const test = base.extend<{ tidy: undefined }>({
  tidy: [
    async ({ browser }, use) => {
      await use(undefined)
      // Contexts that a test opens itself live as long as the worker: open pages would slow down all that follow.
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    { auto: true },
  ],
})
