// Fails when the JavaScript that a signed-in client loads first weighs more than the budget, compressed with brotli.
import { readFile } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'

const budget = 180 * 1024
/** Lazy parts that every signed-in client needs on its first screen. */
const firstScreen = ['src/app/Shell.tsx', 'src/i18n/locales/en.po']

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'))
const files = new Set()

function visit(key) {
  const chunk = manifest[key]
  if (!chunk || files.has(chunk.file)) return
  files.add(chunk.file)
  for (const imported of chunk.imports ?? []) visit(imported)
}

visit('index.html')
for (const key of firstScreen) {
  if (!manifest[key]) throw new Error(`the build has no part ${key}`)
  visit(key)
}

let total = 0
for (const file of files) {
  const bytes = brotliCompressSync(await readFile(new URL(file, dist))).length
  total += bytes
  console.log(`${String(bytes).padStart(8)}  ${file}`)
}
console.log(`${String(total).padStart(8)}  of ${budget} bytes`)
if (total > budget) process.exit(1)
