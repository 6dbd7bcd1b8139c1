import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problem'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleMe, sampleServer } from '@/testing/samples'
import { selectOwned, toHandOver } from './handing-over'

function refusal(code: string, ...names: string[]): ApiProblem {
  const errors = names.map((detail) => ({ field: 'servers', code: 'owned', detail }))
  return new ApiProblem({ title: 'No', status: 409, code, errors })
}

describe('the servers that have to be handed over', () => {
  it('are those that I own, in the order of the rail', () => {
    const servers = {
      '7': sampleServer('7', { owner_id: '1', name: 'Choir' }),
      '8': sampleServer('8', { owner_id: '2' }),
      '9': sampleServer('9', { owner_id: '1', name: 'Chess' }),
    }
    const state = {
      ...useStore.getState(),
      ...emptyState(),
      me: sampleMe('1'),
      servers,
      serverOrder: ['9', '8', '7'],
    }
    expect(selectOwned(state).map(({ name }) => name)).toEqual(['Chess', 'Choir'])
  })

  it('are also those that a refusal names and nobody knew of here', () => {
    const choir = { id: '7', name: 'Choir' }
    expect(toHandOver([choir], null)).toEqual([choir])
    expect(toHandOver([choir], refusal('owns_servers', 'Choir', 'Chess'))).toEqual([
      choir,
      { id: null, name: 'Chess' },
    ])
  })

  it('are not what another refusal finds fault with', () => {
    expect(toHandOver([], refusal('wrong_password', 'This is not it.'))).toEqual([])
  })
})
