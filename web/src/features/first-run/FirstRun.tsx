interface FirstRunProps {
  /** A server without a channel to show, or one that is not mine; null when there is no server at all. */
  serverId: string | null
}

/** What is shown instead of a conversation when there is none. */
export function FirstRun({ serverId }: FirstRunProps) {
  return <main data-server={serverId} />
}
