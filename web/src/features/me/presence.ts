import type { Presence, WantedStatus } from '@/api/model'

/** How somebody who wants to be seen like this is seen. */
export function presenceOf(status: WantedStatus | Presence): Presence {
  return status === 'invisible' ? 'offline' : status
}
