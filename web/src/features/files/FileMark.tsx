import { useLingui } from '@lingui/react'
import { Paperclip } from 'lucide-react'
import styles from './FileMark.module.css'
import { fileWords } from './words'

/** Stands for the files of a message where they are not shown. */
export function FileMark({ count }: { count: number }) {
  // It is written anew when the language changes.
  useLingui()
  return (
    <span className={styles.mark}>
      <Paperclip size={12} aria-hidden="true" />
      {fileWords(count)}
    </span>
  )
}
