import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '@/design/Button'
import styles from './Markdown.module.css'

const confirmedMs = 1_500

interface CodeBlockProps {
  code: string
  /** What the writer called it. */
  language: string | null
}

/** Code on its own lines, with a button that copies it. */
export function CodeBlock({ code, language }: CodeBlockProps) {
  const { t } = useLingui()
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const handle = setTimeout(() => setCopied(false), confirmedMs)
    return () => clearTimeout(handle)
  }, [copied])

  const copy = () => void navigator.clipboard.writeText(code).then(() => setCopied(true))
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} title={language ?? t`Code`}>
        <code>{code}</code>
      </pre>
      <span className={styles.copy}>
        <IconButton label={copied ? t`Copied` : t`Copy code`} onPress={copy} placement="left">
          {copied ? <Check size={16} /> : <Copy size={16} />}
        </IconButton>
      </span>
    </div>
  )
}
