import { plural } from '@lingui/core/macro'
import { useLingui } from '@lingui/react/macro'
import { CircleAlert, Eye, EyeOff, RotateCw, Trash2, X } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Id } from '@/api/contract'
import { ApiProblem } from '@/api/problem'
import { IconButton } from '@/design/Button'
import { useProblemText } from '@/i18n/problems'
import { useBytes } from '../bytes'
import type { Refusal } from '../checking'
import { FileIcon } from '../FileIcon'
import { markSpoiler, removeUploads, retryUploads } from '../uploading'
import { refuse, type Upload, useTray, useUploads } from '../uploads'
import styles from './Tray.module.css'

interface TrayProps {
  channelId: Id
  /** Where the focus goes when the file that had it is gone. */
  field: RefObject<HTMLElement | null>
}

const nothing: Refusal[] = []

/** Above the field: what goes out with the next message, how far it is, and what was not taken. */
export default function Tray({ channelId, field }: TrayProps) {
  const { t } = useLingui()
  const keys = useTray(channelId)
  const uploads = useUploads(useShallow(({ byKey }) => keys.flatMap((key) => byKey[key] ?? [])))
  const refusals = useUploads((state) => state.refusals[channelId]) ?? nothing
  const list = useRef<HTMLUListElement>(null)

  function remove(key: string) {
    const index = keys.indexOf(key)
    removeUploads([key])
    // The focus goes on to the next file, or back to the text.
    const next = keys[index + 1] ?? keys[index - 1]
    requestAnimationFrame(() => {
      const card = next ? list.current?.querySelector(`[data-upload="${CSS.escape(next)}"]`) : null
      const button = card?.querySelector<HTMLElement>('[data-remove] button')
      ;(button ?? field.current)?.focus()
    })
  }

  return (
    <>
      <div role="alert">
        {refusals.length > 0 && (
          <Refusals refusals={refusals} onClose={() => refuse(channelId, [])} field={field} />
        )}
      </div>
      {uploads.length > 0 && (
        <ul ref={list} className={styles.tray} aria-label={t`Attached files`}>
          {uploads.map((upload) => (
            <Card key={upload.key} upload={upload} onRemove={() => remove(upload.key)} />
          ))}
        </ul>
      )}
      <Progress uploads={uploads} />
    </>
  )
}

function Card({ upload, onRemove }: { upload: Upload; onRemove: () => void }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { key, name, picture, isSpoiler, state, problem } = upload
  const failed = state === 'failed'
  return (
    <li className={`${styles.card} ${failed ? styles.failed : ''}`} data-upload={key} data-state={state}>
      <div className={styles.preview}>
        {picture ? (
          <img className={isSpoiler ? styles.blurred : undefined} src={picture.url} alt="" />
        ) : (
          <FileIcon name={name} size={36} />
        )}
        {isSpoiler && <span className={styles.spoiler}>{t`Spoiler`}</span>}
      </div>
      <p className={styles.name} title={name}>
        {name}
      </p>
      {failed ? (
        <p className={styles.problem}>
          {problemText(new ApiProblem({ title: '', status: 0, code: problem ?? 'network' }))}
        </p>
      ) : (
        <State upload={upload} />
      )}
      <div className={styles.actions}>
        {failed && (
          <IconButton label={t`Try ${name} again`} small onPress={() => retryUploads([key])}>
            <RotateCw size={16} />
          </IconButton>
        )}
        <IconButton
          label={isSpoiler ? t`${name} is no spoiler` : t`Mark ${name} as a spoiler`}
          small
          onPress={() => markSpoiler(key, !isSpoiler)}
        >
          {isSpoiler ? <Eye size={16} /> : <EyeOff size={16} />}
        </IconButton>
        <span data-remove>
          <IconButton label={t`Remove ${name}`} small danger onPress={onRemove}>
            <Trash2 size={16} />
          </IconButton>
        </span>
      </div>
    </li>
  )
}

/** How far a file is, in a line and in words. */
function State({ upload }: { upload: Upload }) {
  const { t } = useLingui()
  const bytes = useBytes()
  const { name, size, sent, state } = upload
  if (state === 'done') return <p className={styles.state}>{bytes(size)}</p>
  const words = { waiting: t`Waiting`, paused: t`Waiting for a connection`, going: '' }[state as 'going']
  const shown = `${bytes(sent)} / ${bytes(size)}`
  return (
    <>
      <progress
        className={styles.progress}
        aria-label={t`Upload of ${name}`}
        aria-valuetext={shown}
        max={size}
        value={sent}
      />
      <p className={styles.state}>{words || shown}</p>
    </>
  )
}

interface RefusalsProps {
  refusals: Refusal[]
  onClose: () => void
  field: RefObject<HTMLElement | null>
}

function Refusals({ refusals, onClose, field }: RefusalsProps) {
  const { t } = useLingui()
  const text = useRefusalText()
  return (
    <div className={styles.refusals}>
      <CircleAlert size={16} aria-hidden="true" />
      <ul>
        {refusals.map((refusal) => (
          <li key={JSON.stringify(refusal)}>{text(refusal)}</li>
        ))}
      </ul>
      <IconButton
        label={t`Dismiss`}
        small
        onPress={() => {
          onClose()
          field.current?.focus()
        }}
      >
        <X size={16} />
      </IconButton>
    </div>
  )
}

function useRefusalText(): (refusal: Refusal) => string {
  const { t } = useLingui()
  const bytes = useBytes()
  return (refusal) => {
    switch (refusal.reason) {
      case 'too_large':
        return t`${refusal.name} is larger than ${bytes(refusal.most)}, which is the most here.`
      case 'empty':
        return t`${refusal.name} is empty.`
      case 'folder':
        return t`${refusal.name} is a folder. Attach the files in it, or pack it into one file.`
      case 'too_many':
        return t`A message has at most ${refusal.most} files. Not attached: ${refusal.left}.`
      case 'unfinished':
        return t`A file could not be uploaded. Try it again, or remove it.`
    }
  }
}

/** Tells those who do not see it that uploads began and ended; not each step. */
function Progress({ uploads }: { uploads: Upload[] }) {
  const open = uploads.filter(({ state }) => state !== 'done' && state !== 'failed').length
  const failed = uploads.filter(({ state }) => state === 'failed').length
  const done = uploads.length - open - failed
  const text =
    uploads.length === 0
      ? ''
      : open > 0
        ? plural(open, { one: 'Uploading # file', other: 'Uploading # files' })
        : failed > 0
          ? plural(failed, { one: '# file was not uploaded', other: '# files were not uploaded' })
          : plural(done, { one: '# file uploaded', other: '# files uploaded' })
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  )
}
