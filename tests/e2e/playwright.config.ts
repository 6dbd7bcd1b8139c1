import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineConfig } from '@playwright/test'

// The configuration is read again in every worker: what is decided once is handed on by the environment.
process.env.BEEP_TEST_PORT ??= String(20_000 + Math.floor(Math.random() * 12_000))
process.env.BEEP_TEST_DATA ??= mkdtempSync(join(tmpdir(), 'beep-e2e-'))

const binary = process.env.BEEP_TEST_BINARY ?? '../../target/debug/beep'
const data = process.env.BEEP_TEST_DATA
const address = `127.0.0.1:${process.env.BEEP_TEST_PORT}`
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

export default defineConfig({
  testDir: 'specs',
  outputDir: '../../artefacts/e2e',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
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
    command: `"${binary}" demo --data-dir "${data}" && exec "${binary}" serve --listen ${address} --data-dir "${data}"`,
    url: `http://${address}/readyz`,
    env: {
      BEEP_PUBLIC_URL: `http://${address}`,
      BEEP_RATE_LIMIT__ENABLED: 'false',
      BEEP_TELEMETRY__LOG_LEVEL: 'warn',
    },
    stdout: 'ignore',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    reuseExistingServer: false,
  },
})
