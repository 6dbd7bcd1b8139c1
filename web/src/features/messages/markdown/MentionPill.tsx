import type { Id, UserSummary } from '@/api/contract'
import { linkTo } from '@/app/router'
import { MemberCardButton } from '@/features/members/MemberCardButton'
import { nameOf } from '@/features/members/member-names'
import { nameStyle } from '@/features/roles/role-color'
import { selectChannel, useStore } from '@/state/store'
import styles from './Markdown.module.css'
import type { Mention } from './syntax'

interface MentionPillProps {
  mention: Mention
  serverId: Id
  /** Where nothing may be pressed it is a name alone. */
  isText: boolean
}

interface NameProps {
  id: Id
  /** What was typed; shown when there is no such thing, or it may not be seen. */
  typed: string
  serverId: Id
  isText: boolean
}

/** Somebody or something that a message names, by the name it has now. */
export function MentionPill({ mention, serverId, isText }: MentionPillProps) {
  const { kind, id, value, vouched } = mention
  const props = { typed: value, serverId, isText }
  if (kind === 'everyone') return <span className={styles.mention}>{value}</span>
  if (id === null) return value
  if (kind === 'role') return <RoleName id={id} {...props} />
  if (kind === 'channel') return <ChannelName id={id} {...props} />
  return <MemberName id={id} vouched={vouched} {...props} />
}

function MemberName({ id, typed, serverId, isText, vouched }: NameProps & { vouched: boolean }) {
  const member = useStore((state) => state.members[serverId]?.byId[id])
  // Not all members are known here; whom the server found is somebody all the same.
  if (!member && !vouched) return typed
  const name = member ? `@${nameOf(member)}` : typed
  if (isText) return <span className={styles.mention}>{name}</span>
  const user: Pick<UserSummary, 'id' | 'display_name'> = member?.user ?? { id, display_name: typed }
  return (
    <MemberCardButton serverId={serverId} user={user} className={styles.mention ?? ''}>
      {name}
    </MemberCardButton>
  )
}

function RoleName({ id, typed, serverId }: NameProps) {
  const role = useStore((state) => state.roles[id])
  if (role?.server_id !== serverId) return typed
  return (
    <span className={`${styles.mention} ${styles.role}`} style={nameStyle(role.color)}>
      @{role.name}
    </span>
  )
}

function ChannelName({ id, typed, isText }: NameProps) {
  const channel = useStore((state) => selectChannel(state, id))
  if (!channel) return typed
  const name = `#${channel.name}`
  if (isText || channel.kind === 'folder') return <span className={styles.mention}>{name}</span>
  return (
    <a
      className={styles.mention}
      {...linkTo({ name: 'channel', serverId: channel.server_id, channelId: id })}
    >
      {name}
    </a>
  )
}
