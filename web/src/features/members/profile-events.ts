import type { Id } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'

/** Whether what is shown of somebody may have changed: after a gap in the connection, too. */
export function touchesProfile(event: GatewayEvent, id: Id): boolean {
  return event.type === 'ready' || (event.type === 'user.updated' && event.data.id === id)
}
