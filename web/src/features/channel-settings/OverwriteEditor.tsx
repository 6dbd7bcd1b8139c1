import { useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, Info } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Channel, Overwrite, Permission } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { Button, IconButton } from '@/design/Button'
import { SaveBar } from '@/design/SaveBar'
import { TriState } from '@/design/TriState'
import { toast } from '@/design/toasts'
import { mayLeave } from '@/design/unsaved'
import { nameOf } from '@/features/members/member-names'
import { mayActOn, rankOf, useStanding } from '@/features/roles/hierarchy'
import {
  channelPermissionGroups,
  isInForce,
  useGroupNames,
  usePermissionTexts,
} from '@/features/roles/permission-texts'
import styles from '@/features/server-settings/Section.module.css'
import { useProblemText } from '@/i18n/problems'
import { selectRoles, useStore } from '@/state/store'
import type { Target } from './ChannelPermissions'
import {
  deleteOverwrite,
  putOverwrite,
  refreshRights,
  rulingOf,
  useExplained,
  useMember,
  withRuling,
} from './overwrites'

interface OverwriteEditorProps {
  channel: Channel
  target: Target
  /** As it is stored; undefined for one to be. */
  saved: Overwrite | undefined
  onBack: () => void
}

/** What is allowed and denied in a channel for a role or member; what one may not change is locked, and says so. */
export function OverwriteEditor({ channel, target, saved, onBack }: OverwriteEditorProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { name, below } = useTarget(channel, target)
  const draft = useDraft(channel, target, saved)
  return (
    <form className={styles.body} onSubmit={(event) => void draft.save(event)}>
      <div className={styles.back}>
        <IconButton label={t`All exceptions`} onPress={() => mayLeave() && onBack()}>
          <ArrowLeft size={20} />
        </IconButton>
        <h2>{name}</h2>
        {saved && below && (
          <Button onPress={() => void draft.remove().then((gone) => gone && onBack())}>{t`Remove`}</Button>
        )}
      </div>
      {!below && (
        <p className={styles.note}>
          <Info size={16} aria-hidden="true" />
          {target.kind === 'role'
            ? t`This role stands at or above your highest one, so you cannot change what holds for it.`
            : t`This member stands at or above you, so you cannot change what holds for them.`}
        </p>
      )}
      <Rulings channel={channel} draft={draft.value} onChange={draft.change} locked={!below} />
      {draft.changed && (
        <SaveBar
          isPending={draft.pending}
          onReset={draft.reset}
          problem={draft.problem ? problemText(draft.problem) : undefined}
        />
      )}
    </form>
  )
}

/** Who it is for, and whether I stand above them. */
function useTarget(channel: Channel, target: Target): { name: string; below: boolean } {
  const { t } = useLingui()
  const standing = useStanding(channel.server_id)
  const server = useStore((state) => state.servers[channel.server_id])
  const roles = useStore(useShallow((state) => selectRoles(state, channel.server_id)))
  const member = useMember(channel.server_id, target.target_id)
  if (target.kind === 'role') {
    const role = roles.find((candidate) => candidate.id === target.target_id)
    const name = target.target_id === channel.server_id ? t`Everyone` : (role?.name ?? '')
    return { name, below: role !== undefined && mayActOn(standing, role.position) }
  }
  const below = server && member ? mayActOn(standing, rankOf(server, roles, member)) : false
  return { name: member ? nameOf(member) : t`A member`, below }
}

/** An exception that is being changed. */
function useDraft(channel: Channel, target: Target, saved: Overwrite | undefined) {
  const problemText = useProblemText()
  const queries = useQueryClient()
  const stored = { ...target, allow: saved?.allow ?? [], deny: saved?.deny ?? [] }
  const [changed, setChanged] = useState<typeof stored | null>(null)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const value = changed ?? stored

  async function save(event: FormEvent) {
    event.preventDefault()
    if (!changed || pending) return
    setPending(true)
    setProblem(null)
    try {
      await putOverwrite(channel, changed)
      await refreshRights(queries, channel)
      setChanged(null)
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setPending(false)
    }
  }

  async function remove(): Promise<boolean> {
    try {
      await deleteOverwrite(channel, target.target_id)
      await refreshRights(queries, channel)
      return true
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
      return false
    }
  }

  return {
    value,
    changed: changed !== null,
    pending,
    problem,
    change: setChanged,
    reset: () => {
      setChanged(null)
      setProblem(null)
    },
    save,
    remove,
  }
}

type Draft = ReturnType<typeof useDraft>['value']

interface RulingsProps {
  channel: Channel
  draft: Draft
  onChange: (draft: Draft) => void
  locked: boolean
}

function Rulings({ channel, draft, onChange, locked }: RulingsProps) {
  const { t } = useLingui()
  const texts = usePermissionTexts()
  const groupNames = useGroupNames()
  const me = useStore((state) => state.me?.id ?? '')
  const mine = useExplained(channel, me)

  function lockOf(permission: Permission): string | undefined {
    if (locked) return t`You cannot change this.`
    if (mine.data && !mine.data.permissions.includes(permission)) {
      return t`You may not do this here yourself, so you cannot change it.`
    }
    return undefined
  }

  return channelPermissionGroups.map((group) => (
    <section key={group.id} className={styles.group} aria-label={groupNames[group.id]}>
      <h3 className={styles.heading}>{groupNames[group.id]}</h3>
      {group.permissions.map((permission) => (
        <TriState
          key={permission}
          label={texts[permission].name}
          description={
            isInForce(permission)
              ? texts[permission].sentence
              : `${texts[permission].sentence} ${t`Beep cannot do this yet; what you choose holds from the day it can.`}`
          }
          value={rulingOf(draft, permission)}
          onChange={(ruling) => onChange(withRuling(draft, permission, ruling))}
          locked={lockOf(permission)}
        />
      ))}
    </section>
  ))
}
