/**
 * In a browser, with a real Keycloak behind Beep: `scripts/with-keycloak npm --prefix tests/e2e run test:keycloak`. Beep takes
 * the port of the address at which browsers see both.
 */
import { defineConfig } from '@playwright/test'

import usual from './playwright.config'
import { passingFolder, program } from './support/program'

function told(name: string): string {
  const value = process.env[`BEEP_TEST_KEYCLOAK_${name}`]
  if (value === undefined) throw new Error('There is no Keycloak: scripts/with-keycloak npm --prefix tests/e2e run test:keycloak')
  return value
}

const publicUrl = told('PUBLIC_URL')
const port = Number(new URL(publicUrl).port)
process.env.BEEP_TEST_PORT = String(port)
process.env.BEEP_TEST_KEYCLOAK_DATA ??= passingFolder()
// The demo community has accounts from before there was a Keycloak.
const beep = program({ port, data: process.env.BEEP_TEST_KEYCLOAK_DATA, passing: true, demo: true })

export default defineConfig({
  ...usual,
  testDir: 'keycloak',
  outputDir: '../../artefacts/e2e-keycloak',
  use: { ...usual.use, baseURL: publicUrl },
  webServer: {
    command: beep.command.map((word) => `'${word}'`).join(' '),
    url: `http://127.0.0.1:${port}/readyz`,
    env: {
      ...beep.env,
      BEEP_PUBLIC_URL: publicUrl,
      BEEP_IDENTITY__PROVIDER: 'keycloak',
      BEEP_IDENTITY__KEYCLOAK__URL: told('URL'),
      BEEP_IDENTITY__KEYCLOAK__WEB_SECRET: told('SECRET_WEB'),
      BEEP_IDENTITY__KEYCLOAK__LOGIN_SECRET: told('SECRET_LOGIN'),
      BEEP_IDENTITY__KEYCLOAK__USERS_SECRET: told('SECRET_USERS'),
      BEEP_IDENTITY__KEYCLOAK__OWN_FORM: 'true',
      BEEP_IDENTITY__KEYCLOAK__BROKERS: 'google',
    },
    timeout: beep.readyWithin,
    stdout: 'ignore',
    gracefulShutdown: { signal: 'SIGTERM', timeout: beep.stopsWithin },
    reuseExistingServer: false,
  },
})
