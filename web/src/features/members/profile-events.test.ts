import { expect, it } from 'vitest'
import type { GatewayEvent } from '@/gateway/protocol'
import { sampleMe } from '@/testing/samples'
import { touchesProfile } from './profile-events'

const told = (type: string, data: unknown = null) => ({ type, data }) as GatewayEvent

it('asks again for a profile that was changed, or may have been meanwhile', () => {
  expect(touchesProfile(told('user.updated', sampleMe('7')), '7')).toBe(true)
  expect(touchesProfile(told('ready'), '7')).toBe(true)
})

it('leaves a profile alone that nothing was said about', () => {
  expect(touchesProfile(told('user.updated', sampleMe('8')), '7')).toBe(false)
  expect(touchesProfile(told('presence.updated', { user_id: '7', status: 'away' }), '7')).toBe(false)
})
