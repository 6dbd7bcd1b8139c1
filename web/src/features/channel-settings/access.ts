import type { Id } from '@/api/contract'
import { mayInChannel, type StoreState } from '@/state/store'

export type ChannelSettingsPage = 'overview' | 'permissions'

/** The pages of a channel's settings that I may see; not stable. */
export function channelSettingsPages(state: StoreState, channelId: Id): ChannelSettingsPage[] {
  const channel = state.channels[channelId]
  if (!channel) return []
  return [
    ...(mayInChannel(state, channelId, 'manage_channels') ? (['overview'] as const) : []),
    ...(mayInChannel(state, channelId, 'manage_roles') ? (['permissions'] as const) : []),
  ]
}
