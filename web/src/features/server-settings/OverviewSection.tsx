import { useLingui } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Id, Server } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { SaveBar } from '@/design/SaveBar'
import { Select } from '@/design/Select'
import { TextField } from '@/design/TextField'
import { VisibilityChoice } from '@/features/servers/VisibilityChoice'
import { useFieldText, useProblemText } from '@/i18n/problems'
import { receiveAnswer, selectChannels, useStore } from '@/state/store'
import styles from './Section.module.css'
import { ServerPictures } from './ServerPictures'

/** What a server is called and shows of itself, who can join, and which channels have a special part. */
export function OverviewSection({ server }: { server: Server }) {
  return (
    <div className={styles.body}>
      <ServerPictures server={server} />
      <OverviewForm server={server} />
    </div>
  )
}

function valuesOf(server: Server) {
  const { name, description, visibility } = server
  return {
    name,
    description,
    visibility,
    default_channel_id: server.default_channel_id ?? null,
    system_channel_id: server.system_channel_id ?? null,
  }
}

type Values = ReturnType<typeof valuesOf>

function OverviewForm({ server }: { server: Server }) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const problemText = useProblemText()
  const saved = valuesOf(server)
  const [changes, setChanges] = useState<Partial<Values>>({})
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const values = { ...saved, ...changes }
  const differing = (Object.keys(changes) as (keyof Values)[]).filter((key) => values[key] !== saved[key])
  const change = (more: Partial<Values>) => setChanges((known) => ({ ...known, ...more }))

  async function save(event: FormEvent) {
    event.preventDefault()
    if (differing.length === 0 || pending) return
    setPending(true)
    setProblem(null)
    try {
      const params = { path: { server_id: server.id } }
      const body = Object.fromEntries(differing.map((key) => [key, values[key]]))
      await receiveAnswer(answer(http.PATCH('/servers/{server_id}', { params, body })), (data) => [
        { type: 'server.updated', data },
      ])
      setChanges({})
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setPending(false)
    }
  }

  return (
    <form className={styles.form} onSubmit={(event) => void save(event)}>
      <TextField
        label={t`Name`}
        value={values.name}
        onChange={(name) => change({ name })}
        maxLength={100}
        error={fieldText(problem?.fieldCode('name'))}
      />
      <TextField
        label={t`Description`}
        description={t`Shown where people look for servers.`}
        value={values.description}
        onChange={(description) => change({ description })}
        maxLength={1_000}
        rows={3}
        error={fieldText(problem?.fieldCode('description'))}
      />
      <VisibilityChoice value={values.visibility} onChange={(visibility) => change({ visibility })} />
      <ChannelSelect
        serverId={server.id}
        label={t`Where newcomers start`}
        none={t`The first channel they see`}
        value={values.default_channel_id}
        onChange={(id) => change({ default_channel_id: id })}
      />
      <ChannelSelect
        serverId={server.id}
        label={t`Where it is said that somebody joined`}
        none={t`Nowhere`}
        value={values.system_channel_id}
        onChange={(id) => change({ system_channel_id: id })}
      />
      {differing.length > 0 && (
        <SaveBar
          isPending={pending}
          onReset={() => {
            setChanges({})
            setProblem(null)
          }}
          problem={problem ? problemText(problem) : undefined}
        />
      )}
    </form>
  )
}

const noChannel = 'none'

interface ChannelSelectProps {
  serverId: Id
  label: string
  /** The words for no channel. */
  none: string
  value: Id | null
  onChange: (channelId: Id | null) => void
}

function ChannelSelect({ serverId, label, none, value, onChange }: ChannelSelectProps) {
  const { t } = useLingui()
  const channels = useStore(
    useShallow((state) => selectChannels(state, serverId).filter((channel) => channel.kind === 'text')),
  )
  const hidden = value !== null && !channels.some((channel) => channel.id === value)
  return (
    <Select
      label={label}
      value={value ?? noChannel}
      onChange={(chosen) => onChange(chosen === noChannel ? null : chosen)}
      options={[
        { value: noChannel, label: none },
        ...(hidden ? [{ value, label: t`A channel that you do not see` }] : []),
        ...channels.map((channel) => ({ value: channel.id, label: channel.name })),
      ]}
    />
  )
}
