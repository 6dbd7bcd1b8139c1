import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Member, Role } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { Switch } from '@/design/Switch'
import { mayActOn, mayGrant, useStanding } from '@/features/roles/hierarchy'
import { setRoles } from '@/features/roles/role-actions'
import { selectRoles, useStore } from '@/state/store'
import type { ModerationDialogProps } from './ModerationDialogs'

interface MemberRolesDialogProps extends ModerationDialogProps {
  member: Member
}

/** The roles of a member; what one may not give or take is locked, and says why. */
export function MemberRolesDialog({ member, name, onClose }: MemberRolesDialogProps) {
  const { t } = useLingui()
  const standing = useStanding(member.server_id)
  const roles = useStore(
    useShallow((state) =>
      selectRoles(state, member.server_id).filter((role) => role.id !== member.server_id),
    ),
  )
  const [held, setHeld] = useState(member.role_ids)

  function lockOf(role: Role): string | undefined {
    if (!mayActOn(standing, role.position)) return t`This role stands at or above your highest one.`
    if (!mayGrant(standing, role.permissions)) return t`This role allows what you may not do yourself.`
    return undefined
  }

  return (
    <FormDialog
      title={t`Roles of ${name}`}
      submit={t`Save`}
      onSubmit={() => setRoles(member, held)}
      onClose={onClose}
    >
      {() =>
        roles.length === 0 ? (
          <p>{t`This server has no roles yet. They are made in its settings.`}</p>
        ) : (
          roles.map((role) => (
            <Switch
              key={role.id}
              label={role.name}
              isSelected={held.includes(role.id)}
              onChange={(on) => setHeld(on ? [...held, role.id] : held.filter((id) => id !== role.id))}
              locked={lockOf(role)}
            />
          ))
        )
      }
    </FormDialog>
  )
}
