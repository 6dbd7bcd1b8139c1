import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { ChevronRight, Info, Lock, Plus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useShallow } from 'zustand/react/shallow'
import type { Channel, Id, Overwrite } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { Menu } from '@/design/Menu'
import { Switch } from '@/design/Switch'
import { Tabs } from '@/design/Tabs'
import { toast } from '@/design/toasts'
import { nameOf } from '@/features/members/member-names'
import { mayActOn, standingIn, useStanding } from '@/features/roles/hierarchy'
import { RoleDot } from '@/features/roles/RoleDot'
import { MemberPickerDialog } from '@/features/server-settings/MemberPickerDialog'
import styles from '@/features/server-settings/Section.module.css'
import { useProblemText } from '@/i18n/problems'
import { selectRoles, useStore } from '@/state/store'
import { EffectiveRights } from './EffectiveRights'
import { OverwriteEditor } from './OverwriteEditor'
import { putOverwrite, refreshRights, useMember, useOverwrites, withRuling } from './overwrites'

/** Whom an exception is for. */
export type Target = Pick<Overwrite, 'kind' | 'target_id'>

/** Who may do what in a channel or folder: exceptions to the roles, and what comes of them for a member (C6). */
export function ChannelPermissions({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const [target, setTarget] = useState<Target | null>(null)
  const overwrites = useOverwrites(channel)
  if (overwrites.isError) {
    return (
      <EmptyState
        title={t`This could not be loaded`}
        actions={<Button onPress={() => void overwrites.refetch()}>{t`Try again`}</Button>}
      />
    )
  }
  if (!overwrites.data) return null
  const { items } = overwrites.data
  if (target) {
    const known = items.find((overwrite) => overwrite.target_id === target.target_id)
    return (
      <OverwriteEditor
        key={target.target_id}
        channel={channel}
        target={target}
        saved={known}
        onBack={() => setTarget(null)}
      />
    )
  }
  return (
    <div className={styles.body}>
      <Tabs
        label={t`Permissions`}
        tabs={[
          {
            id: 'exceptions',
            name: t`Exceptions`,
            content: <Exceptions channel={channel} overwrites={items} onOpen={setTarget} />,
          },
          { id: 'check', name: t`What a member may do`, content: <EffectiveRights channel={channel} /> },
        ]}
      />
    </div>
  )
}

interface ExceptionsProps {
  channel: Channel
  overwrites: Overwrite[]
  onOpen: (target: Target) => void
}

function Exceptions({ channel, overwrites, onOpen }: ExceptionsProps) {
  const { t } = useLingui()
  const folder = useStore((state) => (channel.parent_id ? state.channels[channel.parent_id] : undefined))
  const roles = useStore(useShallow((state) => selectRoles(state, channel.server_id)))
  const everyone = roles.find((role) => role.id === channel.server_id)
  const excepted = roles.filter(
    (role) => role !== everyone && overwrites.some((overwrite) => overwrite.target_id === role.id),
  )
  const members = overwrites.filter((overwrite) => overwrite.kind === 'member')
  return (
    <>
      <PrivateSwitch channel={channel} overwrites={overwrites} />
      {folder && (
        <p className={styles.note}>
          <Info size={16} aria-hidden="true" />
          {t`What is said for the folder ${folder.name} holds here, too, until something else is said here.`}
        </p>
      )}
      <ul className={styles.rows} aria-label={t`Exceptions`}>
        {everyone && (
          <TargetRow name={t`Everyone`} onOpen={() => onOpen({ kind: 'role', target_id: everyone.id })}>
            <RoleDot role={everyone} />
          </TargetRow>
        )}
        {excepted.map((role) => (
          <TargetRow
            key={role.id}
            name={role.name}
            onOpen={() => onOpen({ kind: 'role', target_id: role.id })}
          >
            <RoleDot role={role} />
          </TargetRow>
        ))}
        {members.map((overwrite) => (
          <MemberTargetRow
            key={overwrite.target_id}
            serverId={channel.server_id}
            userId={overwrite.target_id}
            onOpen={() => onOpen(overwrite)}
          />
        ))}
      </ul>
      <AddTarget channel={channel} overwrites={overwrites} onOpen={onOpen} />
    </>
  )
}

interface TargetRowProps {
  name: string
  onOpen: () => void
  children: React.ReactNode
}

function TargetRow({ name, onOpen, children }: TargetRowProps) {
  return (
    <li>
      <AriaButton className={styles.row ?? ''} style={{ width: '100%' }} onPress={onOpen}>
        {children}
        <span className={styles.about}>
          <span className={styles.name}>{name}</span>
        </span>
        <ChevronRight size={16} aria-hidden="true" className={styles.icon} />
      </AriaButton>
    </li>
  )
}

function MemberTargetRow({ serverId, userId, onOpen }: { serverId: Id; userId: Id; onOpen: () => void }) {
  const { t } = useLingui()
  const member = useMember(serverId, userId)
  const name = member ? nameOf(member) : t`A member`
  return (
    <TargetRow name={name} onOpen={onOpen}>
      <Avatar id={userId} name={name} url={member?.user.avatar_url} size={24} />
    </TargetRow>
  )
}

/** Hides the channel from everyone, or takes that back. */
function PrivateSwitch({ channel, overwrites }: { channel: Channel; overwrites: Overwrite[] }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const own = overwrites.find((overwrite) => overwrite.target_id === channel.server_id)
  const hidden = own?.deny.includes('view_channel') ?? false
  const stays = useStaysInside(channel, overwrites)
  const standing = useStanding(channel.server_id)

  async function hide(on: boolean) {
    const before = own ?? { kind: 'role' as const, target_id: channel.server_id, allow: [], deny: [] }
    try {
      await putOverwrite(channel, withRuling(before, 'view_channel', on ? 'deny' : 'inherit'))
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
    await refreshRights(queries, channel)
  }

  function lock(): string | undefined {
    if (!mayActOn(standing, 0)) return t`For this you need a role above everyone.`
    if (!hidden && !stays) return t`You would not see it any more. Let one of your roles in first.`
    return undefined
  }

  return (
    <Switch
      label={channel.kind === 'folder' ? t`Private folder` : t`Private channel`}
      description={t`Only administrators see it, and the roles and members that are let in below.`}
      isSelected={hidden}
      onChange={(on) => void hide(on)}
      locked={lock()}
    />
  )
}

/** Whether I would still see a channel that is hidden from everyone. */
function useStaysInside(channel: Channel, overwrites: Overwrite[]): boolean {
  return useStore((state) => {
    const standing = standingIn(state, channel.server_id)
    if (standing.permissions === 'all') return true
    const me = state.members[channel.server_id]?.byId[standing.userId ?? '']
    const mine = [standing.userId, ...(me?.role_ids ?? [])]
    return overwrites.some(
      ({ target_id, allow }) => mine.includes(target_id) && allow.includes('view_channel'),
    )
  })
}

function AddTarget({ channel, overwrites, onOpen }: ExceptionsProps) {
  const { t } = useLingui()
  const standing = useStanding(channel.server_id)
  const [picking, setPicking] = useState(false)
  const has = (id: Id) => overwrites.some((overwrite) => overwrite.target_id === id)
  const roles = useStore(
    useShallow((state) =>
      selectRoles(state, channel.server_id).filter((role) => role.id !== channel.server_id && !has(role.id)),
    ),
  )
  return (
    <div className={styles.tools}>
      {roles.length > 0 && (
        <Menu
          label={t`Add a role`}
          placement="bottom start"
          groups={[
            roles.map((role) => ({
              id: role.id,
              label: role.name,
              icon: mayActOn(standing, role.position) ? <RoleDot role={role} /> : <Lock size={14} />,
              isDisabled: !mayActOn(standing, role.position),
              onAction: () => onOpen({ kind: 'role', target_id: role.id }),
            })),
          ]}
        >
          <Button>
            <Plus size={18} aria-hidden="true" />
            {t`Add a role`}
          </Button>
        </Menu>
      )}
      <Button onPress={() => setPicking(true)}>
        <UserPlus size={18} aria-hidden="true" />
        {t`Add a member`}
      </Button>
      {picking && (
        <MemberPickerDialog
          title={t`Add a member`}
          serverId={channel.server_id}
          pick={t`Choose`}
          without={(member) => has(member.user.id) || member.user.id === standing.userId}
          onPick={(member) => onOpen({ kind: 'member', target_id: member.user.id })}
          onClose={() => setPicking(false)}
        />
      )}
    </div>
  )
}
