import { useLingui } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { answer, http } from '@/api/client'
import type { Channel } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { SaveBar } from '@/design/SaveBar'
import { Select } from '@/design/Select'
import { TextField } from '@/design/TextField'
import styles from '@/features/server-settings/Section.module.css'
import { useFieldText, useProblemText } from '@/i18n/problems'
import { receiveAnswer } from '@/state/store'

function valuesOf(channel: Channel) {
  return { name: channel.name, topic: channel.topic ?? '', slow_mode_seconds: channel.slow_mode_seconds }
}

type Values = ReturnType<typeof valuesOf>

/** What a channel or folder is called and about, and how often one may write (C4). */
export function ChannelOverview({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const fieldText = useFieldText()
  const problemText = useProblemText()
  const saved = valuesOf(channel)
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
      const params = { path: { server_id: channel.server_id, channel_id: channel.id } }
      const body = Object.fromEntries(
        differing.map((key) => [key, key === 'topic' ? values.topic.trim() || null : values[key]]),
      )
      const path = '/servers/{server_id}/channels/{channel_id}'
      await receiveAnswer(answer(http.PATCH(path, { params, body })), (data) => [
        { type: 'channel.updated', data },
      ])
      setChanges({})
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setPending(false)
    }
  }

  return (
    <form className={styles.body} onSubmit={(event) => void save(event)}>
      <TextField
        label={t`Name`}
        value={values.name}
        onChange={(name) => change({ name })}
        maxLength={100}
        error={fieldText(problem?.fieldCode('name'))}
      />
      {channel.kind !== 'folder' && (
        <>
          <TextField
            label={t`Topic`}
            value={values.topic}
            onChange={(topic) => change({ topic })}
            maxLength={1_024}
            rows={3}
            description={t`What belongs here; everybody sees it above the messages.`}
            error={fieldText(problem?.fieldCode('topic'))}
          />
          <SlowMode
            seconds={values.slow_mode_seconds}
            onChange={(slow_mode_seconds) => change({ slow_mode_seconds })}
          />
        </>
      )}
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

interface SlowModeProps {
  seconds: number
  onChange: (seconds: number) => void
}

function SlowMode({ seconds, onChange }: SlowModeProps) {
  const { t } = useLingui()
  const choices = new Map([
    [0, t`Off`],
    [5, t`5 seconds`],
    [10, t`10 seconds`],
    [30, t`30 seconds`],
    [60, t`1 minute`],
    [300, t`5 minutes`],
    [900, t`15 minutes`],
    [3_600, t`1 hour`],
    [21_600, t`6 hours`],
  ])
  // A program may have set something in between.
  if (!choices.has(seconds)) choices.set(seconds, t`${seconds} seconds`)
  return (
    <div className={styles.form}>
      <Select
        label={t`Slow mode`}
        value={String(seconds)}
        onChange={(value) => onChange(Number(value))}
        options={[...choices]
          .sort(([left], [right]) => left - right)
          .map(([value, label]) => ({ value: String(value), label }))}
      />
      <p className={styles.quiet}>
        {t`How long everybody waits between two messages of theirs. Who manages messages or the channel does not wait.`}
      </p>
    </div>
  )
}
