import { useLingui } from '@lingui/react/macro'
import { MoreHorizontal, UsersRound } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Id, Member } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { Menu } from '@/design/Menu'
import { SearchField } from '@/design/SearchField'
import { Select } from '@/design/Select'
import { nameOf } from '@/features/members/member-names'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import { RoleDot } from '@/features/roles/RoleDot'
import { useTimes } from '@/i18n/times'
import { selectRoles, useStore } from '@/state/store'
import { MemberRow } from './MemberRow'
import { useMemberSearch } from './member-search'
import { Pages } from './Pages'
import styles from './Section.module.css'

const everyone = 'everyone'

/** All members, with their roles and what can be done about them. */
export function MembersSection({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const [roleId, setRoleId] = useState<Id | null>(null)
  const roles = useStore(
    useShallow((state) => selectRoles(state, serverId).filter((role) => role.id !== serverId)),
  )
  const found = useMemberSearch(serverId, useDeferredValue(text.trim()), roleId)
  return (
    <div className={styles.body}>
      <div className={styles.tools}>
        <div className={styles.grow}>
          <SearchField label={t`Search members`} value={text} onChange={setText} />
        </div>
        {roles.length > 0 && (
          <Select
            label={t`Role`}
            value={roleId ?? everyone}
            onChange={(id) => setRoleId(id === everyone ? null : id)}
            options={[
              { value: everyone, label: t`All members` },
              ...roles.map((role) => ({ value: role.id, label: role.name })),
            ]}
          />
        )}
      </div>
      <Pages
        label={t`Members`}
        fetched={found}
        empty={<EmptyState icon={<UsersRound />} title={t`Nobody found`} />}
      >
        {(fetched) => (
          <MemberRow key={fetched.user.id} member={fetched} detail={<MemberDetail member={fetched} />}>
            {(member) => <MemberMenu member={member} />}
          </MemberRow>
        )}
      </Pages>
    </div>
  )
}

/** The roles of a member, and whether there is a time-out. */
function MemberDetail({ member: fetched }: { member: Member }) {
  const { t } = useLingui()
  const times = useTimes()
  const member = useStore((state) => state.members[fetched.server_id]?.byId[fetched.user.id]) ?? fetched
  const roles = useStore(
    useShallow((state) =>
      selectRoles(state, member.server_id).filter((role) => member.role_ids.includes(role.id)),
    ),
  )
  const until = member.timeout_until
  return (
    <>
      {until && Date.parse(until) > Date.now() && (
        <span className={styles.quiet}>{t`In a time-out until ${times.full(until)}`}</span>
      )}
      {roles.length > 0 && (
        <span className={styles.chips}>
          {roles.map((role) => (
            <span key={role.id} className={styles.chip}>
              <RoleDot role={role} />
              {role.name}
            </span>
          ))}
        </span>
      )}
    </>
  )
}

function MemberMenu({ member }: { member: Member }) {
  const { t } = useLingui()
  const groups = useModerationMenu(member.server_id, member.user, member)
  if (groups.length === 0) return null
  const label = t`Options of ${nameOf(member)}`
  return (
    <Menu label={label} groups={groups}>
      <IconButton label={label}>
        <MoreHorizontal size={18} />
      </IconButton>
    </Menu>
  )
}
