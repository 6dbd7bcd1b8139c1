// Writes src/api/generated/SERVICE.ts from crates/SERVICE/docs/openapi.yaml, for every service that has a contract.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = fileURLToPath(new URL('../', import.meta.url))
const crates = join(web, '../crates')
const tool = join(web, 'tools/contracts')
const target = join(web, 'src/api/generated')

if (!existsSync(join(tool, 'node_modules'))) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tool, stdio: 'inherit' })
}
mkdirSync(target, { recursive: true })
for (const service of readdirSync(crates).sort()) {
  const contract = join(crates, service, 'docs/openapi.yaml')
  if (!existsSync(contract)) continue
  const program = join(tool, 'node_modules/openapi-typescript/bin/cli.js')
  execFileSync('node', [program, contract, '--output', join(target, `${service}.ts`)], { stdio: 'inherit' })
}
