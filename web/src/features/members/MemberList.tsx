interface MemberListProps {
  serverId: string
}

/** The members of a server, connected ones first. */
export function MemberList({ serverId }: MemberListProps) {
  return <div data-server={serverId} />
}
