/** How long frames take while 10,000 messages are scrolled, and how long a key takes to be seen. */
import type { Page } from '@playwright/test'

import { type Account, createServer, general, join, react, register, type Server, send } from '../support/api'
import { message, pathOf, signedIn } from '../support/browser'
import { test } from '../support/test'

const amount = 10_000
const atOnce = 32
/** What is not measured: pieces of the client are loaded, and the browser compiles them. */
const warmUpTurns = 40

/** Messages of all kinds: short and long, with code, lists, links, emoji, answers and reactions. */
async function fill(author: Account, server: Server): Promise<void> {
  const channel = general(server)
  const kinds = [
    (number: number) => `message ${number}`,
    (number: number) => `**${number}** ${'and a longer line of text that wraps around, '.repeat(1 + (number % 6))}`,
    (number: number) => `- one\n- two\n- ${number}\n\n> said before`,
    (number: number) => `\`\`\`ts\nconst number = ${number}\n\`\`\`\nand :tada: 🎉`,
    (number: number) => `see https://example.org/${number} and \`code\``,
  ]
  let next = 1
  async function work(): Promise<void> {
    while (next <= amount) {
      const number = next
      next += 1
      const sent = await send(author, server, channel, kinds[number % kinds.length]?.(number) ?? '')
      if (number % 20 === 0) await react(author, server, channel, sent, '👍')
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Notes the length of every frame from now on, and what the long ones were spent on. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = []
    const causes: string[] = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { scripts, renderStart, styleAndLayoutStart } = entry as PerformanceEntry & {
          scripts: { invoker: string; duration: number; forcedStyleAndLayoutDuration: number }[]
          renderStart: number
          styleAndLayoutStart: number
        }
        const end = entry.startTime + entry.duration
        const parts = scripts.map(({ invoker, duration, forcedStyleAndLayoutDuration: forced }) => (
          `${invoker.replace(/https?:\/\/[^/]+/, '')} ${duration.toFixed(0)} (layout ${forced.toFixed(0)})`
        ))
        const layout = styleAndLayoutStart > 0 ? end - styleAndLayoutStart : 0
        const rendering = renderStart > 0 ? end - renderStart : 0
        causes.push(`${entry.duration.toFixed(0)} ms: ${parts.join(', ') || 'no script'}; rendering ${rendering.toFixed(0)}, of it layout ${layout.toFixed(0)}`)
      }
    }).observe({ type: 'long-animation-frame' })
    let last = performance.now()
    const note = (now: number) => {
      frames.push(now - last)
      last = now
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
    Object.assign(window, { frames, causes })
  })
}

function framesOf(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const { frames } = window as unknown as { frames: number[] }
    return frames.splice(0)
  })
}

/** By the page's own means: a locator looks at every element from outside, and what it leaves costs frames afterwards. */
function reachedTheStart(page: Page): Promise<boolean> {
  return page.evaluate(() => [...document.querySelectorAll('h2')].some((heading) => heading.textContent === 'Welcome to general'))
}

/** Turns the wheel as a hand does: many small steps, without waiting for anything. */
async function turn(page: Page, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await page.mouse.wheel(0, -240)
    await page.waitForTimeout(16)
  }
}

function at(share: number, sorted: number[]): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
}

function tell(what: string, values: number[], limit: number): void {
  const sorted = [...values].sort((one, other) => one - other)
  const above = sorted.filter((value) => value > limit).length
  const numbers = `p50 ${at(0.5, sorted)} ms, p95 ${at(0.95, sorted)} ms, p99 ${at(0.99, sorted)} ms, worst ${at(1, sorted)} ms`
  process.stdout.write(`${what}: ${numbers}; ${above} of ${sorted.length} above ${limit} ms\n`)
}

test('scrolling and typing', async ({ browser }) => {
  const [ada, tom] = await Promise.all([register('Ada', 'Byron'), register('Tom', 'Bakker')])
  const server = await createServer(ada, 'Archive')
  await join(tom, server)
  await fill(tom, server)
  const page = await signedIn(browser, ada, pathOf(server, general(server)))
  await message(page, String(amount)).last().waitFor()
  const log = page.getByRole('log', { name: 'Messages' })
  await log.hover()
  await turn(page, warmUpTurns)
  await watchFrames(page)
  const frames: number[] = []
  for (let part = 0; part < 200; part += 1) {
    await turn(page, 25)
    frames.push(...(await framesOf(page)))
    if (await reachedTheStart(page)) break
  }
  tell('frames while 10,000 messages are scrolled', frames, 50)
  const causes = await page.evaluate(() => (window as unknown as { causes: string[] }).causes)
  process.stdout.write(causes.map((cause) => `  ${cause}\n`).join(''))

  tell('from a key to the frame that shows it', await type(page), 16)
  // A display of 60 Hz makes keys wait for up to 16.7 ms, whatever the client does. Without one, that is left which it costs.
  const { launchOptions } = test.info().project.use
  const unhurried = ['--disable-frame-rate-limit', '--disable-gpu-vsync']
  const other = await browser.browserType().launch({ ...launchOptions, args: [...(launchOptions?.args ?? []), ...unhurried] })
  const { baseURL } = test.info().project.use
  const soon = await signedIn(other, ada, pathOf(server, general(server)), { ...(baseURL === undefined ? {} : { baseURL }) })
  tell('the same without waiting for the display', await type(soon), 16)
  await other.close()
})

/** Types for a while, and answers how long each key took from being pressed to the moment at which the next frame has been made. */
async function type(page: Page): Promise<number[]> {
  await page.reload()
  const composer = page.getByRole('textbox', { name: /^Message to/ })
  await composer.pressSequentially('warming up. ', { delay: 50 })
  await page.evaluate(() => {
    const keys: number[] = []
    addEventListener('keydown', (event) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => keys.push(performance.now() - event.timeStamp)
        port2.postMessage(null)
      })
    }, { capture: true })
    Object.assign(window, { keys })
  })
  await composer.pressSequentially('The quick brown fox jumps over the lazy dog, and **once more** with `feeling`. '.repeat(4), { delay: 37 })
  return page.evaluate(() => (window as unknown as { keys: number[] }).keys)
}
