import { expect, it } from 'vitest'
import type { OwnUser } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { touchesSecurity } from './security-events'

const told = (type: string, data: unknown = {}) => ({ type, data }) as GatewayEvent
const user = (id: string) => ({ id }) as OwnUser

it('how the account is protected is asked again after what may have changed it', () => {
  expect(touchesSecurity(told('user.security_changed'), '7')).toBe(true)
  expect(touchesSecurity(told('ready'), '7')).toBe(true)
  expect(touchesSecurity(told('user.updated', user('7')), '7')).toBe(true)
})

it('what others do, and messages, ask nothing', () => {
  expect(touchesSecurity(told('user.updated', user('8')), '7')).toBe(false)
  expect(touchesSecurity(told('user.updated', user('8')), undefined)).toBe(false)
  expect(touchesSecurity(told('message.created'), '7')).toBe(false)
})
