import type { Id, UserSummary } from '@/api/contract'
import { linkTo } from '@/app/router'
import { MemberCardButton } from '@/features/members/MemberCardButton'
import { nameStyle } from '@/features/roles/role-color'
import { selectChannel, useStore } from '@/state/store'
import styles from './Markdown.module.css'
import { mentionName } from './mention-name'
import type { Mention } from './syntax'

interface MentionPillProps {
  mention: Mention
  serverId: Id
  /** Where nothing may be pressed it is a name alone. */
  isText: boolean
}

interface NameProps {
  id: Id
  /** What it is called; what was typed when there is no such thing, or it may not be seen. */
  name: string
  serverId: Id
  isText: boolean
}

/** Somebody or something that a message names, by the name it has now. */
export function MentionPill({ mention, serverId, isText }: MentionPillProps) {
  const { kind, id, vouched } = mention
  const name = useStore((state) => mentionName(state, serverId, mention))
  const props = { name, serverId, isText }
  if (kind === 'everyone') return <span className={styles.mention}>{name}</span>
  if (id === null) return name
  if (kind === 'role') return <RoleName id={id} {...props} />
  if (kind === 'channel') return <ChannelName id={id} {...props} />
  return <MemberName id={id} vouched={vouched} {...props} />
}

function MemberName({ id, name, serverId, isText, vouched }: NameProps & { vouched: boolean }) {
  const member = useStore((state) => state.members[serverId]?.byId[id])
  // Not all members are known here; whom the server found is somebody all the same.
  if (!member && !vouched) return name
  if (isText) return <span className={styles.mention}>{name}</span>
  const user: Pick<UserSummary, 'id' | 'display_name'> = member?.user ?? { id, display_name: name }
  return (
    <MemberCardButton serverId={serverId} user={user} className={styles.mention ?? ''}>
      {name}
    </MemberCardButton>
  )
}

function RoleName({ id, name, serverId }: NameProps) {
  const role = useStore((state) => state.roles[id])
  if (role?.server_id !== serverId) return name
  return (
    <span className={`${styles.mention} ${styles.role}`} style={nameStyle(role.color)}>
      {name}
    </span>
  )
}

function ChannelName({ id, name, isText }: NameProps) {
  const channel = useStore((state) => selectChannel(state, id))
  if (!channel) return name
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
