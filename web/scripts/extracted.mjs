// Fails when the catalogues are not what the source says: somebody added a text and did not extract it.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const web = fileURLToPath(new URL('../', import.meta.url))
const catalogues = ['en', 'fr', 'later/en', 'later/fr'].map((name) => `${web}src/i18n/locales/${name}.po`)
const before = catalogues.map((path) => readFileSync(path, 'utf8'))
execFileSync('npx', ['lingui', 'extract', '--clean'], { cwd: web, stdio: 'ignore' })
const stale = catalogues.filter((path, index) => readFileSync(path, 'utf8') !== before[index])
for (const path of stale) writeFileSync(path, before[catalogues.indexOf(path)])
if (stale.length > 0) {
  console.error('Texts changed: run "npm run extract" and translate what is missing.')
  process.exit(1)
}
