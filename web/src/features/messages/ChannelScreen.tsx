interface ChannelScreenProps {
  serverId: string
  channelId: string
}

/** A conversation. */
export function ChannelScreen({ serverId, channelId }: ChannelScreenProps) {
  return <main data-server={serverId} data-channel={channelId} />
}
