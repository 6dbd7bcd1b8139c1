import { useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText, X } from 'lucide-react'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { AuditAction, AuditEntry, Id, Member } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { Button, IconButton } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { Select } from '@/design/Select'
import { accountName, nameOf } from '@/features/members/member-names'
import { useTimes } from '@/i18n/times'
import audit from './AuditLogSection.module.css'
import { useActionNames, useActionSentences, useFieldNames } from './audit-texts'
import { useChangeLines } from './audit-values'
import { MemberPickerDialog } from './MemberPickerDialog'
import { Pages } from './Pages'
import styles from './Section.module.css'

const pageSize = 50
const everything = 'everything'

/** What is asked for of the log. */
interface Wanted {
  action: AuditAction | null
  actor: Member | null
  target: Member | null
}

/** Who did what to whom in the server, and what was there before: newest first. */
export function AuditLogSection({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const [wanted, setWanted] = useState<Wanted>({ action: null, actor: null, target: null })
  const log = useAuditLog(serverId, wanted)
  return (
    <div className={styles.body}>
      <Filters serverId={serverId} wanted={wanted} onWanted={setWanted} />
      <Pages
        label={t`Audit log`}
        fetched={log}
        empty={
          <EmptyState icon={<ScrollText />} title={t`Nothing found`}>
            {t`What people with rights do in this server stands here.`}
          </EmptyState>
        }
      >
        {(entry) => <Entry key={entry.id} entry={entry} serverId={serverId} />}
      </Pages>
    </div>
  )
}

function useAuditLog(serverId: Id, { action, actor, target }: Wanted) {
  const actorId = actor?.user.id
  const targetId = target?.user.id
  return useInfiniteQuery({
    queryKey: ['audit-log', serverId, action, actorId, targetId],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: pageSize,
        ...(action ? { action } : {}),
        ...(actorId ? { actor_id: actorId } : {}),
        ...(targetId ? { target_id: targetId } : {}),
        ...(pageParam ? { before: pageParam } : {}),
      }
      const params = { path: { server_id: serverId }, query }
      return answer(http.GET('/servers/{server_id}/audit-log', { params, signal }))
    },
    getNextPageParam: (page) => page.next ?? undefined,
    refetchOnMount: 'always',
  })
}

interface FiltersProps {
  serverId: Id
  wanted: Wanted
  onWanted: (wanted: Wanted) => void
}

function Filters({ serverId, wanted, onWanted }: FiltersProps) {
  const { t } = useLingui()
  const names = useActionNames()
  const actions = Object.keys(names) as AuditAction[]
  return (
    <div className={styles.tools}>
      <div className={styles.grow}>
        <Select
          label={t`What was done`}
          value={wanted.action ?? everything}
          onChange={(chosen) =>
            onWanted({ ...wanted, action: actions.find((action) => action === chosen) ?? null })
          }
          options={[
            { value: everything, label: t`Everything` },
            ...actions.map((action) => ({ value: action, label: names[action] })),
          ]}
        />
      </div>
      <PersonFilter
        serverId={serverId}
        ask={t`By whom`}
        chosen={wanted.actor && t`By ${nameOf(wanted.actor)}`}
        drop={t`By anybody`}
        onChoose={(actor) => onWanted({ ...wanted, actor })}
      />
      <PersonFilter
        serverId={serverId}
        ask={t`To whom`}
        chosen={wanted.target && t`To ${nameOf(wanted.target)}`}
        drop={t`To anybody`}
        onChoose={(target) => onWanted({ ...wanted, target })}
      />
    </div>
  )
}

interface PersonFilterProps {
  serverId: Id
  /** On the button that asks for a person. */
  ask: string
  /** Who was chosen, in words. */
  chosen: string | null
  /** On the button that takes the choice back. */
  drop: string
  onChoose: (member: Member | null) => void
}

function PersonFilter({ serverId, ask, chosen, drop, onChoose }: PersonFilterProps) {
  const { t } = useLingui()
  const [picking, setPicking] = useState(false)
  if (chosen) {
    return (
      <span className={audit.person}>
        {chosen}
        <IconButton label={drop} small onPress={() => onChoose(null)}>
          <X size={16} />
        </IconButton>
      </span>
    )
  }
  return (
    <>
      <Button onPress={() => setPicking(true)}>{ask}</Button>
      {picking && (
        <MemberPickerDialog
          title={ask}
          serverId={serverId}
          pick={t`Choose`}
          without={() => false}
          onPick={(member) => {
            onChoose(member)
            setPicking(false)
          }}
          onClose={() => setPicking(false)}
        />
      )}
    </>
  )
}

function Entry({ entry, serverId }: { entry: AuditEntry; serverId: Id }) {
  const { t } = useLingui()
  const times = useTimes()
  const sentence = useActionSentences()
  const fieldName = useFieldNames()
  const linesOf = useChangeLines()
  const { actor } = entry
  const name = accountName(actor)
  const target = useTargetName(entry, serverId)
  const changes = entry.changes.map((change) => ({ field: change.field, lines: linesOf(change) }))
  return (
    <li className={audit.entry}>
      <Avatar id={actor.id} name={name} url={actor.avatar_url} size={32} />
      <div className={styles.about}>
        <p className={styles.name}>{sentence(entry.action, name, target)}</p>
        <time className={styles.quiet} dateTime={entry.created_at}>
          {times.full(entry.created_at)}
        </time>
        {entry.reason && <p>{t`Reason: ${entry.reason}`}</p>}
        {changes.length > 0 && (
          <dl className={audit.changes}>
            {changes.map(({ field, lines }) => (
              <div key={field} className={audit.change}>
                <dt>{fieldName(field)}</dt>
                {lines.map((line) => (
                  <dd key={line.kind + line.text} data-kind={line.kind}>
                    {line.kind === 'came' && <ins>+ {line.text}</ins>}
                    {line.kind === 'went' && <del>− {line.text}</del>}
                    {line.kind === 'was' && <del>{line.text}</del>}
                    {line.kind === 'is' && <ins>{line.text}</ins>}
                  </dd>
                ))}
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  )
}

/** What it was done to, also when it is gone by now. */
function useTargetName({ target, changes }: AuditEntry, serverId: Id): string {
  const { t } = useLingui()
  if (target.kind === 'role' && target.id === serverId) return t`Everyone`
  if (target.kind === 'user' && target.name === 'Deleted user') return t`Deleted user`
  if (target.name) return target.name
  const named = changes.find(({ field }) => field === 'name')
  const last = named?.after ?? named?.before
  return typeof last === 'string' ? last : t`something that is gone`
}
