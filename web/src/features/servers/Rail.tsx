interface RailProps {
  /** The server that is open. */
  serverId: string | null
}

/** My servers. */
export function Rail({ serverId }: RailProps) {
  return <nav data-server={serverId} />
}
