import { useLingui } from '@lingui/react/macro'
import { ChevronRight, GripVertical, Lock, Plus } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from 'react-aria-components'
import { useShallow } from 'zustand/react/shallow'
import type { Id, Role } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { toast } from '@/design/toasts'
import styles from '@/features/server-settings/Section.module.css'
import { useFieldText, useProblemText } from '@/i18n/problems'
import { selectRoles, useStore } from '@/state/store'
import { mayActOn, useStanding } from './hierarchy'
import { RoleDot } from './RoleDot'
import { createRole, moveRole } from './role-actions'
import { orderAfterMove } from './role-order'

interface RoleListProps {
  serverId: Id
  onOpen: (roleId: Id) => void
}

/** All roles, highest first; those below one's own are put in order by dragging, or by keyboard from their handle. */
export function RoleList({ serverId, onOpen }: RoleListProps) {
  const { t } = useLingui()
  const roles = useStore(useShallow((state) => selectRoles(state, serverId)))
  const standing = useStanding(serverId)
  const [creating, setCreating] = useState(false)
  const everyone = roles.find((role) => role.id === serverId)
  const others = roles.filter((role) => role.id !== serverId)
  const fixed = others.filter((role) => !mayActOn(standing, role.position))
  const mine = others.filter((role) => mayActOn(standing, role.position))

  return (
    <div className={styles.body}>
      <p className={styles.quiet}>
        {t`Roles give permissions to whoever holds them. Who stands higher can change what stands lower.`}
      </p>
      <div className={styles.tools}>
        <Button look="primary" onPress={() => setCreating(true)}>
          <Plus size={18} aria-hidden="true" />
          {t`Create a role`}
        </Button>
      </div>
      {fixed.length > 0 && (
        <ul className={styles.rows} aria-label={t`Roles at or above your own`}>
          {fixed.map((role) => (
            <li key={role.id}>
              <RoleButton role={role} onOpen={onOpen} locked />
            </li>
          ))}
        </ul>
      )}
      <MovableRoles roles={mine} onOpen={onOpen} />
      {everyone && (
        <div className={styles.rows}>
          <RoleButton role={everyone} onOpen={onOpen} />
        </div>
      )}
      {creating && (
        <CreateRoleDialog serverId={serverId} onOpen={onOpen} onClose={() => setCreating(false)} />
      )}
    </div>
  )
}

function MovableRoles({ roles, onOpen }: { roles: Role[]; onOpen: (roleId: Id) => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  // What was asked for is shown until the answer is there.
  const [wanted, setWanted] = useState<Id[] | null>(null)
  const ids = wanted ?? roles.map((role) => role.id)
  const shown = ids.flatMap((id) => roles.find((role) => role.id === id) ?? [])

  async function move(roleId: Id, order: Id[]) {
    const role = roles.find((candidate) => candidate.id === roleId)
    if (!role || order === ids) return
    setWanted(order)
    try {
      await moveRole(role, order.length - order.indexOf(roleId))
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
    setWanted(null)
  }

  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    onReorder: ({ keys, target }) => {
      const [moved] = [...keys].map(String)
      if (!moved || target.dropPosition === 'on') return
      void move(moved, orderAfterMove(ids, moved, String(target.key), target.dropPosition))
    },
  })

  if (roles.length === 0) return null
  return (
    <GridList
      aria-label={t`Roles, highest first`}
      className={styles.rows ?? ''}
      items={shown}
      dragAndDropHooks={dragAndDropHooks}
      onAction={(key) => onOpen(String(key))}
    >
      {(role) => (
        <GridListItem id={role.id} textValue={role.name} className={styles.row ?? ''} data-href>
          <AriaButton slot="drag" className={styles.handle ?? ''} aria-label={t`Move ${role.name}`}>
            <GripVertical size={16} />
          </AriaButton>
          <RoleDot role={role} />
          <span className={styles.about}>
            <span className={styles.name}>{role.name}</span>
          </span>
          <ChevronRight size={16} aria-hidden="true" className={styles.icon} />
        </GridListItem>
      )}
    </GridList>
  )
}

interface RoleButtonProps {
  role: Role
  onOpen: (roleId: Id) => void
  locked?: boolean
}

/** A role that has no place to be moved to. */
function RoleButton({ role, onOpen, locked = false }: RoleButtonProps) {
  const { t } = useLingui()
  const everyone = role.id === role.server_id
  return (
    <AriaButton className={styles.row ?? ''} style={{ width: '100%' }} onPress={() => onOpen(role.id)}>
      {locked && (
        <Lock size={16} role="img" aria-label={t`At or above your own role`} className={styles.icon} />
      )}
      <RoleDot role={role} />
      <span className={styles.about}>
        <span className={styles.name}>{everyone ? t`Everyone` : role.name}</span>
        {everyone && <span className={styles.quiet}>{t`What all members may do`}</span>}
      </span>
      <ChevronRight size={16} aria-hidden="true" className={styles.icon} />
    </AriaButton>
  )
}

interface CreateRoleDialogProps extends RoleListProps {
  onClose: () => void
}

function CreateRoleDialog({ serverId, onOpen, onClose }: CreateRoleDialogProps) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const [name, setName] = useState('')
  return (
    <FormDialog
      title={t`Create a role`}
      submit={t`Create`}
      isDisabled={name.trim() === ''}
      onSubmit={async () => onOpen((await createRole(serverId, name.trim())).id)}
      onClose={onClose}
    >
      {(problem) => (
        <TextField
          label={t`Name`}
          value={name}
          onChange={setName}
          maxLength={100}
          autoFocus
          description={t`It stands lowest at first, and allows nothing more than everyone may.`}
          error={fieldText(problem?.fieldCode('name'))}
        />
      )}
    </FormDialog>
  )
}
