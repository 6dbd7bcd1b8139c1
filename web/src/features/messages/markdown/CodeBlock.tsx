import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { IconButton } from '@/design/Button'
import { toast } from '@/design/toasts'
import { type Piece, useHighlighted } from './highlighting'
import styles from './Markdown.module.css'

const confirmedMs = 1_500

interface CodeBlockProps {
  code: string
  /** What the writer called it. */
  language: string | null
}

/** Code on its own lines, with a button that copies it. Colours come when they are there; nothing moves by that. */
export function CodeBlock({ code, language }: CodeBlockProps) {
  const { t } = useLingui()
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const handle = setTimeout(() => setCopied(false), confirmedMs)
    return () => clearTimeout(handle)
  }, [copied])

  const copy = () =>
    void navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => toast(t`Copying was not allowed`, 'danger'),
    )
  return (
    <div className={styles.block} dir="ltr">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} title={language ?? t`Code`}>
        <CodeText code={code} language={language} />
      </pre>
      <span className={styles.copy}>
        <IconButton label={copied ? t`Copied` : t`Copy code`} onPress={copy} placement="left">
          {copied ? <Check size={16} /> : <Copy size={16} />}
        </IconButton>
      </span>
    </div>
  )
}

/** Code in colours, as soon as they are there. */
export function CodeText({ code, language }: CodeBlockProps) {
  const pieces = useHighlighted(code, language)
  return <code>{pieces ? pieces.map(draw) : code}</code>
}

/** What the kinds of the highlighter look like. */
const looks: Record<string, string | undefined> = {
  keyword: styles.keyword,
  built_in: styles.name,
  type: styles.name,
  title: styles.name,
  section: styles.name,
  tag: styles.keyword,
  name: styles.keyword,
  'selector-tag': styles.keyword,
  'selector-class': styles.name,
  'selector-id': styles.name,
  literal: styles.number,
  number: styles.number,
  attr: styles.number,
  attribute: styles.number,
  variable: styles.number,
  symbol: styles.number,
  string: styles.string,
  regexp: styles.string,
  char: styles.string,
  addition: styles.string,
  deletion: styles.deletion,
  comment: styles.comment,
  quote: styles.comment,
  meta: styles.comment,
  doctag: styles.comment,
}

function draw(piece: Piece, key: number): ReactNode {
  if (typeof piece === 'string') return piece
  return (
    <span key={key} className={looks[piece.scope]}>
      {piece.pieces.map(draw)}
    </span>
  )
}
