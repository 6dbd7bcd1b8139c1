import { expect, test } from 'vitest'
import { resetStore, useStore } from '@/state/store'
import { sampleMe } from '@/testing/samples'
import { sayFarewell, useFarewell } from './farewell'

const until = '2026-12-10T09:30:00.000Z'

test('until when an account can be kept is told until somebody signs in, whatever else happens', () => {
  resetStore('yes', sampleMe())
  sayFarewell(until)
  useStore.setState({ connection: 'lost' })
  expect(useFarewell.getState().until).toBe(until)
  resetStore('no')
  useStore.setState({ connection: 'connecting' })
  expect(useFarewell.getState().until).toBe(until)
  resetStore('yes', sampleMe())
  expect(useFarewell.getState().until).toBeNull()
})

test('it is told, too, where the connection had heard of the end first', () => {
  resetStore('no')
  sayFarewell(until)
  useStore.setState({ connection: 'connecting' })
  expect(useFarewell.getState().until).toBe(until)
  resetStore('yes', sampleMe())
  resetStore('no')
  expect(useFarewell.getState().until).toBeNull()
})
