import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { UserPlus, UsersRound, X } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Member, Role } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { SearchField } from '@/design/SearchField'
import { toast } from '@/design/toasts'
import { nameOf } from '@/features/members/member-names'
import { MemberPickerDialog } from '@/features/server-settings/MemberPickerDialog'
import { MemberRow } from '@/features/server-settings/MemberRow'
import { refreshMembers, useMemberSearch } from '@/features/server-settings/member-search'
import { Pages } from '@/features/server-settings/Pages'
import styles from '@/features/server-settings/Section.module.css'
import { useProblemText } from '@/i18n/problems'
import { selectRoles, useStore } from '@/state/store'
import { mayChangeRolesOf, useStanding } from './hierarchy'
import { setRoles } from './role-actions'

interface RoleMembersProps {
  role: Role
  locked: boolean
}

/** Who holds a role; gives it and takes it away. */
export function RoleMembers({ role, locked }: RoleMembersProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [adding, setAdding] = useState(false)
  const holders = useMemberSearch(role.server_id, useDeferredValue(text.trim()), role.id)
  const reach = useReach(role)

  async function give(member: Member, held: boolean) {
    const others = member.role_ids.filter((id) => id !== role.id)
    try {
      await setRoles(member, held ? [...others, role.id] : others)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
    await refreshMembers(queries, role.server_id)
  }

  return (
    <>
      <div className={styles.tools}>
        <div className={styles.grow}>
          <SearchField label={t`Search members`} value={text} onChange={setText} />
        </div>
        {!locked && (
          <Button look="primary" onPress={() => setAdding(true)}>
            <UserPlus size={18} aria-hidden="true" />
            {t`Add members`}
          </Button>
        )}
      </div>
      <Pages
        label={t`Members with this role`}
        fetched={holders}
        empty={
          <EmptyState
            level={3}
            icon={<UsersRound />}
            title={text ? t`Nobody found` : t`Nobody holds this role yet`}
          />
        }
      >
        {(fetched) => (
          <MemberRow key={fetched.user.id} member={fetched}>
            {(member) =>
              !locked &&
              reach(member) && (
                <IconButton
                  label={t`Take the role from ${nameOf(member)}`}
                  onPress={() => void give(member, false)}
                >
                  <X size={18} />
                </IconButton>
              )
            }
          </MemberRow>
        )}
      </Pages>
      {adding && (
        <MemberPickerDialog
          title={t`Add members to ${role.name}`}
          serverId={role.server_id}
          pick={t`Add`}
          without={(member) => member.role_ids.includes(role.id) || !reach(member)}
          onPick={(member) => void give(member, true)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}

/** Whether I may give a member roles, or take them away. */
function useReach(role: Role): (member: Member) => boolean {
  const standing = useStanding(role.server_id)
  const server = useStore((state) => state.servers[role.server_id])
  const roles = useStore(useShallow((state) => selectRoles(state, role.server_id)))
  return (member) => server !== undefined && mayChangeRolesOf(standing, server, roles, member)
}
