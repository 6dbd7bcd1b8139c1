// What the generated types are made of, and how to tell that they are fresh without the tool that writes them.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = fileURLToPath(new URL('../', import.meta.url))
const crates = join(web, '../crates')
export const tool = join(web, 'tools/contracts')
export const target = join(web, 'src/api/generated')
/** Digests of the contract, the tool's versions and the types, by service. */
export const digestsFile = join(target, 'digests.json')

/** Every service that has a contract, with the paths of its contract and its types. */
export function services() {
  return readdirSync(crates)
    .sort()
    .map((name) => ({
      name,
      contract: join(crates, name, 'docs/openapi.yaml'),
      types: join(target, `${name}.ts`),
    }))
    .filter(({ contract }) => existsSync(contract))
}

/** The digests as they are now. */
export function digests() {
  const entries = services().map(({ name, contract, types }) => [
    name,
    { contract: digest(contract), types: digest(types) },
  ])
  return { tool: digest(join(tool, 'package-lock.json')), services: Object.fromEntries(entries) }
}

function digest(path) {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : null
}
