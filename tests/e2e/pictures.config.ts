/** Makes the pictures of the README again: `npm run pictures`, after a build of the client and of Beep. */
import { defineConfig } from '@playwright/test'

import tests from './playwright.config'

export default defineConfig({ ...tests, testDir: 'pictures', outputDir: '../../artefacts/pictures' })
