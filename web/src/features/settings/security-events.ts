import type { Id } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'

/** Whether something of how the account is protected may have changed: after a gap in the connection, too. */
export function touchesSecurity(event: GatewayEvent, me: Id | undefined): boolean {
  switch (event.type) {
    case 'user.security_changed':
    case 'ready':
      return true
    case 'user.updated':
      return event.data.id === me
    default:
      return false
  }
}
