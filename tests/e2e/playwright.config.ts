import { existsSync } from 'node:fs'

import { defineConfig } from '@playwright/test'

import { freePort, passingFolder, program } from './support/program'

// The configuration is read again in every worker: what is decided once is handed on by the environment.
process.env.BEEP_TEST_PORT ??= String(await freePort())
// A folder that was asked for stays, with what Beep has logged.
const passing = process.env.BEEP_TEST_DATA === undefined
process.env.BEEP_TEST_DATA ??= passingFolder()

const port = Number(process.env.BEEP_TEST_PORT)
const beep = program({ port, data: process.env.BEEP_TEST_DATA, passing, demo: true })
const address = `127.0.0.1:${port}`
/** Specs of what the client does by itself: how it looks, is used by hand, scrolls and writes. Services apart answer it no otherwise. */
const ofTheClientAlone = ['screens', 'hands', 'history', 'older', 'ordering', 'writing', 'language']
const left = process.env.BEEP_TEST_SHAPE === 'apart' ? ofTheClientAlone.map((name) => `**/${name}.spec.ts`) : []
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

export default defineConfig({
  testDir: 'specs',
  testIgnore: left,
  outputDir: '../../artefacts/e2e',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  // What passes only the second time is told of as flaky, and is to be mended; it does not throw away the rest.
  retries: process.env.CI === 'true' ? 1 : 0,
  reporter: [['list']],
  use: {
    baseURL: `http://${address}`,
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    // A trace holds every step of a test that failed, and makes all tests slower.
    trace: process.env.BEEP_TEST_TRACE === '1' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: beep.command.map((word) => `'${word}'`).join(' '),
    url: `http://${address}/readyz`,
    env: beep.env,
    timeout: beep.readyWithin,
    stdout: 'ignore',
    gracefulShutdown: { signal: 'SIGTERM', timeout: beep.stopsWithin },
    reuseExistingServer: false,
  },
})
