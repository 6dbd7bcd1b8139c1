import { useLingui } from '@lingui/react/macro'
import { ChevronDown, ChevronUp, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Attachment } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { toast } from '@/design/toasts'
import { CodeText } from '@/features/messages/markdown/CodeBlock'
import { useBytes } from '../bytes'
import { languageOf } from '../signs'
import { FileCard, FileLine } from './FileCard'
import styles from './Files.module.css'
import { isShort } from './Room'
import { beginningOf, wholeOf } from './reading'

/** As much as the clipboard is given. */
const mostCopied = 1024 * 1024

interface TextFrameProps {
  attachment: Attachment
  isFocused: boolean
}

/** The beginning of a text or of code, in colours. */
export function TextFrame({ attachment, isFocused }: TextFrameProps) {
  const { t } = useLingui()
  const bytes = useBytes()
  const [isWide, setWide] = useState(false)
  const beginning = useBeginning(attachment)
  const { name, size } = attachment
  const id = `text-${attachment.id}`
  if (beginning === 'failed') return <FileCard attachment={attachment} isFocused={isFocused} />

  async function copy() {
    try {
      await navigator.clipboard.writeText(await wholeOf(attachment))
      toast(t`Copied`)
    } catch {
      toast(t`Copying was not allowed`, 'danger')
    }
  }

  const shown = bytes(beginning?.bytes ?? 0)
  return (
    <div className={`${styles.text} ${isShort(attachment) ? styles.short : ''} ${isWide ? styles.open : ''}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: it is no form */}
      <div
        className={styles.lines}
        id={id}
        dir="ltr"
        role="group"
        aria-label={t`Beginning of ${name}`}
        tabIndex={isFocused ? 0 : -1}
      >
        {beginning && (
          <pre>
            <CodeText code={beginning.text} language={languageOf(name)} />
          </pre>
        )}
        {beginning && beginning.bytes < size && (
          <p className={styles.rest}>{t`Only the first ${shown} are shown.`}</p>
        )}
      </div>
      <div className={styles.foot}>
        <FileLine attachment={attachment} isFocused={isFocused} />
        {size <= mostCopied && (
          <IconButton label={t`Copy ${name}`} excludeFromTabOrder={!isFocused} onPress={() => void copy()}>
            <Copy size={18} />
          </IconButton>
        )}
        <IconButton
          label={isWide ? t`Show less of ${name}` : t`Show more of ${name}`}
          aria-expanded={isWide}
          aria-controls={id}
          excludeFromTabOrder={!isFocused}
          onPress={() => setWide(!isWide)}
        >
          {isWide ? <ChevronUp size={18} /> : <ChevronDown size={18} />}
        </IconButton>
      </div>
    </div>
  )
}

function useBeginning(attachment: Attachment) {
  const [beginning, setBeginning] = useState<Awaited<ReturnType<typeof beginningOf>> | 'failed' | null>(null)
  const { url, size } = attachment
  useEffect(() => {
    let current = true
    beginningOf({ url, size }).then(
      (read) => current && setBeginning(read),
      () => current && setBeginning('failed'),
    )
    return () => {
      current = false
    }
  }, [url, size])
  return beginning
}
