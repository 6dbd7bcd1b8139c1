import { useLingui } from '@lingui/react/macro'
import type { Id } from '@/api/contract'
import { currentRoute, navigate } from '@/app/router'
import { toast } from '@/design/toasts'
import { jumpTo } from './jump'

export interface MessagePlace {
  serverId: Id
  channelId: Id
  messageId: Id
}

/** Goes to a message, wherever it is, and says so when there is no way; answers whether it is there. */
export function useGoToMessage(): (place: MessagePlace) => Promise<boolean> {
  const { t } = useLingui()
  return async ({ serverId, channelId, messageId }) => {
    const route = currentRoute()
    if (route.name !== 'channel' || route.channelId !== channelId) {
      // The screen of that channel leads on to it.
      navigate({ name: 'channel', serverId, channelId, messageId })
      return true
    }
    const arrival = await jumpTo(serverId, channelId, messageId)
    if (arrival === 'gone') toast(t`This message is not there any more, or you may not read it.`)
    if (arrival === 'failed') toast(t`This message could not be loaded. Try again.`, 'danger')
    return arrival === 'there'
  }
}
