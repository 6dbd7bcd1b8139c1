interface SidebarProps {
  serverId: string
  /** The channel that is open. */
  channelId: string | null
}

/** A server's channels, its menu, and me at the foot. */
export function Sidebar({ serverId, channelId }: SidebarProps) {
  return <nav data-server={serverId} data-channel={channelId} />
}
