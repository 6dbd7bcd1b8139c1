// Fails when the generated types are not those of the committed contracts. Compares digests, so that it needs neither
// the network nor the tool that writes the types.
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { digests, digestsFile, services, target } from './contracts.mjs'

const expected = [basename(digestsFile), ...services().map(({ types }) => basename(types))].sort()
const present = readdirSync(target).sort()
const written = JSON.parse(readFileSync(digestsFile, 'utf8'))
const fresh = JSON.stringify(written) === JSON.stringify(digests()) && expected.join() === present.join()
if (!fresh) {
  console.error(
    'The types of src/api/generated are not those of the contracts: run "npm run generate" and commit.',
  )
  process.exit(1)
}
