// Writes src/api/generated/SERVICE.ts from crates/SERVICE/docs/openapi.yaml, for every service that has a contract.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digests, digestsFile, services, target, tool } from './contracts.mjs'

const program = join(tool, 'node_modules/openapi-typescript/bin/cli.js')
if (!existsSync(program)) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tool, stdio: 'inherit' })
}
mkdirSync(target, { recursive: true })
for (const file of readdirSync(target)) rmSync(join(target, file))
for (const { contract, types } of services()) {
  execFileSync('node', [program, contract, '--output', types], { stdio: 'inherit' })
}
writeFileSync(digestsFile, `${JSON.stringify(digests(), null, 2)}\n`)
