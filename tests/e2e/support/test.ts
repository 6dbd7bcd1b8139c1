/** The test function of these specs: Playwright's, with what one test opened closed before the next begins. */
import { type BrowserContext, test as base } from '@playwright/test'

export { expect } from '@playwright/test'

export const test = base.extend<{ tidy: undefined }>({
  tidy: [
    async ({ browser }, use) => {
      await use(undefined)
      // Contexts that a test opens itself live as long as the worker: open pages would slow down all that follow.
      const close = async (context: BrowserContext) => {
        // What is still being answered by a test that has ended is no failure of it.
        await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })))
        await context.close()
      }
      await Promise.all(browser.contexts().map(close))
    },
    { auto: true },
  ],
})
