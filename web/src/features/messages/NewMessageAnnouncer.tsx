import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import type { Message } from '@/api/contract'
import { fileWords } from '@/features/files/words'
import { useStore } from '@/state/store'

const spoilers = /\|\|.*?\|\|/gs

/** Reads out what others write while the channel is open, and nothing that comes in as history. */
export function NewMessageAnnouncer({ messages }: { messages: Message[] }) {
  const { t } = useLingui()
  const me = useStore((state) => state.me?.id)
  const [text, setText] = useState('')
  const newest = messages.at(-1)
  const heard = useRef(newest?.seq ?? 0)

  useEffect(() => {
    if (!newest || newest.seq <= heard.current) return
    heard.current = newest.seq
    if (newest.author.id === me || newest.kind !== 'default') return
    const { author, content, attachments } = newest
    const files = attachments.length > 0 ? [fileWords(attachments.length)] : []
    const words = [...(content === '' ? [] : [content.replace(spoilers, '||…||')]), ...files].join(' – ')
    setText(t`${author.display_name} says: ${words}`)
  }, [newest, me, t])

  return (
    <div className="visually-hidden" aria-live="polite">
      {text}
    </div>
  )
}
