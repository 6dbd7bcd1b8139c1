/** What the client costs a browser: `scripts/bench-browser`. */
import { defineConfig } from '@playwright/test'

import tests from './playwright.config'

export default defineConfig({
  ...tests,
  testDir: 'measures',
  outputDir: '../../artefacts/measures',
  workers: 1,
  timeout: 600_000,
})
