import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { permissionGroups } from './permission-texts'

it('shows every permission of the contract once', () => {
  const contract = fileURLToPath(new URL('../../api/generated/servers.ts', import.meta.url))
  const union = /^\s+Permission: ("[^;]+);/m.exec(readFileSync(contract, 'utf8'))?.[1] ?? ''
  const named = [...union.matchAll(/"(\w+)"/g)].map((match) => match[1])
  const shown = permissionGroups.flatMap(({ permissions }) => permissions)
  expect(named.length).toBeGreaterThan(30)
  expect([...shown].sort()).toEqual(named.sort())
})
