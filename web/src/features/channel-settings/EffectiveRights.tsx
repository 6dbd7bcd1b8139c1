import { useLingui } from '@lingui/react/macro'
import { Check, X } from 'lucide-react'
import { useState } from 'react'
import type { Channel, Id, PermissionReason } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { nameOf } from '@/features/members/member-names'
import { channelPermissionGroups, useGroupNames, usePermissionTexts } from '@/features/roles/permission-texts'
import { MemberPickerDialog } from '@/features/server-settings/MemberPickerDialog'
import styles from '@/features/server-settings/Section.module.css'
import { useStore } from '@/state/store'
import rights from './EffectiveRights.module.css'
import { useExplained, useMember } from './overwrites'

/** What a member may do in a channel, and which role or exception decided. */
export function EffectiveRights({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const me = useStore((state) => state.me?.id ?? '')
  const [userId, setUserId] = useState<Id>(me)
  const [picking, setPicking] = useState(false)
  const member = useMember(channel.server_id, userId)
  const explained = useExplained(channel, userId)
  const name = member ? nameOf(member) : ''
  return (
    <>
      <div className={styles.row}>
        <Avatar id={userId} name={name} url={member?.user.avatar_url} size={32} />
        <div className={styles.about}>
          <span className={styles.name}>{name}</span>
        </div>
        <Button onPress={() => setPicking(true)}>{t`Somebody else`}</Button>
      </div>
      {explained.isError && (
        <EmptyState
          title={t`This could not be loaded`}
          actions={<Button onPress={() => void explained.refetch()}>{t`Try again`}</Button>}
        />
      )}
      {explained.data && <Reasons channel={channel} reasons={explained.data.reasons} />}
      {picking && (
        <MemberPickerDialog
          title={t`Whose permissions?`}
          serverId={channel.server_id}
          pick={t`Choose`}
          without={(candidate) => candidate.user.id === userId}
          onPick={(candidate) => {
            setUserId(candidate.user.id)
            setPicking(false)
          }}
          onClose={() => setPicking(false)}
        />
      )}
    </>
  )
}

function Reasons({ channel, reasons }: { channel: Channel; reasons: PermissionReason[] }) {
  const { t } = useLingui()
  const texts = usePermissionTexts()
  const groupNames = useGroupNames()
  const reasonText = useReasonText(channel)
  return channelPermissionGroups.map((group) => (
    <section key={group.id} className={styles.group} aria-label={groupNames[group.id]}>
      <h3 className={styles.heading}>{groupNames[group.id]}</h3>
      <ul className={rights.list}>
        {group.permissions.map((permission) => {
          const reason = reasons.find((candidate) => candidate.permission === permission)
          return (
            reason && (
              <li key={permission} className={rights.right} data-allowed={reason.allowed}>
                {reason.allowed ? (
                  <Check size={18} role="img" aria-label={t`Yes`} className={rights.yes} />
                ) : (
                  <X size={18} role="img" aria-label={t`No`} className={rights.no} />
                )}
                <span className={rights.name}>{texts[permission].name}</span>
                <span className={styles.quiet}>{reasonText(reason)}</span>
              </li>
            )
          )
        })}
      </ul>
    </section>
  ))
}

/** Says what decided, naming the role and the channel or folder. */
function useReasonText(channel: Channel): (reason: PermissionReason) => string {
  const { t } = useLingui()
  const roles = useStore((state) => state.roles)
  const channels = useStore((state) => state.channels)

  return ({ allowed, because }) => {
    const everyone = because.role_id === channel.server_id
    const role = everyone ? t`Everyone` : ((because.role_id && roles[because.role_id]?.name) ?? t`a role`)
    const stand = because.channel_id ? channels[because.channel_id] : undefined
    const inFolder = because.channel_id !== channel.id
    const folder = stand?.name ?? t`that you do not see`
    switch (because.kind) {
      case 'owner':
        return t`Owns the server`
      case 'administrator':
        return t`Administrator by the role ${role}`
      case 'role':
        return t`Allowed by the role ${role}`
      case 'no_role':
        return t`No role allows it`
      case 'role_overwrite':
        if (inFolder) {
          return allowed
            ? t`Allowed for ${role} in the folder ${folder}`
            : t`Denied for ${role} in the folder ${folder}`
        }
        return allowed ? t`Allowed for ${role} here` : t`Denied for ${role} here`
      case 'member_overwrite':
        if (inFolder) {
          return allowed
            ? t`Allowed for this member in the folder ${folder}`
            : t`Denied for this member in the folder ${folder}`
        }
        return allowed ? t`Allowed for this member here` : t`Denied for this member here`
      case 'timed_out':
        return t`In a time-out`
      case 'not_visible':
        return t`Does not see the channel`
    }
  }
}
