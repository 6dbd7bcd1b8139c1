import { useLingui } from '@lingui/react/macro'
import { ArrowLeft, Info } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Role, RoleChanges } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { Button, IconButton } from '@/design/Button'
import { ColorField } from '@/design/ColorField'
import { ConfirmDialog } from '@/design/Dialog'
import { SaveBar } from '@/design/SaveBar'
import { Switch } from '@/design/Switch'
import { Tabs } from '@/design/Tabs'
import { TextField } from '@/design/TextField'
import { toast } from '@/design/toasts'
import { mayLeave } from '@/design/unsaved'
import styles from '@/features/server-settings/Section.module.css'
import { useFieldText, useProblemText } from '@/i18n/problems'
import { mayActOn, useStanding } from './hierarchy'
import { RoleDot } from './RoleDot'
import { RoleMembers } from './RoleMembers'
import { RolePermissions } from './RolePermissions'
import { changeRole, deleteRole } from './role-actions'
import { useSwatches } from './swatches'
import { ViewAsButton } from './ViewAsButton'

interface RoleEditorProps {
  role: Role
  onBack: () => void
}

/** One role: how it looks, what it allows, who holds it. */
export function RoleEditor({ role, onBack }: RoleEditorProps) {
  const { t } = useLingui()
  const everyone = role.id === role.server_id
  const standing = useStanding(role.server_id)
  // Everyone has no rank to be below: whoever manages roles may change what all may do.
  const below = everyone ? standing.rank > 0 : mayActOn(standing, role.position)
  const form = useRoleForm(role)
  const problemText = useProblemText()
  const tabs = [
    ...(everyone
      ? []
      : [{ id: 'display', name: t`Display`, content: <Display form={form} locked={!below} /> }]),
    {
      id: 'permissions',
      name: t`Permissions`,
      content: (
        <RolePermissions
          standing={standing}
          saved={role.permissions}
          value={form.values.permissions}
          onChange={(permissions) => form.change({ permissions })}
          locked={!below}
        />
      ),
    },
    ...(everyone
      ? []
      : [{ id: 'members', name: t`Members`, content: <RoleMembers role={role} locked={!below} /> }]),
  ]

  return (
    <form className={styles.body} onSubmit={(event) => void form.save(event)}>
      <div className={styles.back}>
        <IconButton label={t`All roles`} onPress={() => mayLeave() && onBack()}>
          <ArrowLeft size={20} />
        </IconButton>
        <RoleDot role={role} />
        <h2>{everyone ? t`Everyone` : role.name}</h2>
        <ViewAsButton role={role} />
        {!everyone && below && <DeleteRole role={role} />}
      </div>
      {!below && (
        <p className={styles.note}>
          <Info size={16} aria-hidden="true" />
          {t`This role stands at or above your highest one, so you cannot change it.`}
        </p>
      )}
      <Tabs label={everyone ? t`Everyone` : role.name} tabs={tabs} />
      {form.changed && (
        <SaveBar
          isPending={form.pending}
          onReset={form.reset}
          problem={form.problem ? problemText(form.problem) : undefined}
        />
      )}
    </form>
  )
}

type Values = Required<Pick<RoleChanges, 'name' | 'color' | 'hoisted' | 'mentionable' | 'permissions'>>

interface RoleForm {
  values: Values
  changed: boolean
  pending: boolean
  problem: ApiProblem | null
  change: (changes: Partial<Values>) => void
  reset: () => void
  save: (event: FormEvent) => Promise<void>
}

/** What is being changed of a role; only that is sent. */
function useRoleForm(role: Role): RoleForm {
  const [changes, setChanges] = useState<Partial<Values>>({})
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const saved: Values = {
    name: role.name,
    color: role.color ?? null,
    hoisted: role.hoisted,
    mentionable: role.mentionable,
    permissions: role.permissions,
  }
  const values = { ...saved, ...changes }
  const differing = (Object.keys(changes) as (keyof Values)[]).filter((key) =>
    differs(values[key], saved[key]),
  )

  async function save(event: FormEvent) {
    event.preventDefault()
    // A dialog above has a form of its own, whose events come by here, too.
    if (event.target !== event.currentTarget) return
    if (differing.length === 0 || pending) return
    setPending(true)
    setProblem(null)
    try {
      await changeRole(role, Object.fromEntries(differing.map((key) => [key, values[key]])))
      setChanges({})
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setPending(false)
    }
  }

  return {
    values,
    changed: differing.length > 0,
    pending,
    problem,
    change: (more) => setChanges((known) => ({ ...known, ...more })),
    reset: () => {
      setChanges({})
      setProblem(null)
    },
    save,
  }
}

function differs(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length !== right.length || left.some((entry) => !right.includes(entry))
  }
  return left !== right
}

function Display({ form, locked }: { form: RoleForm; locked: boolean }) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const swatches = useSwatches()
  const reason = locked ? t`You cannot change this role.` : undefined
  return (
    <>
      <TextField
        label={t`Name`}
        value={form.values.name ?? ''}
        onChange={(name) => form.change({ name })}
        maxLength={100}
        isDisabled={locked}
        error={fieldText(form.problem?.fieldCode('name'))}
      />
      <ColorField
        label={t`Colour`}
        description={t`Names of those who hold it are shown in the colour of their highest role that has one, made lighter or darker where it could not be read.`}
        swatches={swatches}
        value={form.values.color ?? null}
        onChange={(color) => form.change({ color })}
        isDisabled={locked}
      />
      <Switch
        label={t`Stands apart in the member list`}
        description={t`Members with this role are listed under its name, before the others.`}
        isSelected={form.values.hoisted ?? false}
        onChange={(hoisted) => form.change({ hoisted })}
        locked={reason}
      />
      <Switch
        label={t`Everybody may mention it`}
        description={t`Without this, only those who may mention everyone call all its members with @ and its name.`}
        isSelected={form.values.mentionable ?? false}
        onChange={(mentionable) => form.change({ mentionable })}
        locked={reason}
      />
    </>
  )
}

function DeleteRole({ role }: { role: Role }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [asking, setAsking] = useState(false)
  const [pending, setPending] = useState(false)

  async function remove() {
    setPending(true)
    try {
      await deleteRole(role)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
      setPending(false)
      setAsking(false)
    }
  }

  return (
    <>
      <Button onPress={() => setAsking(true)}>{t`Delete role`}</Button>
      {asking && (
        <ConfirmDialog
          title={t`Delete ${role.name}?`}
          confirm={t`Delete role`}
          danger
          isPending={pending}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        >
          <p>{t`Whoever holds it loses what it allows, and what was said for it in channels goes, too.`}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
