import { plural } from '@lingui/core/macro'
import { Mail } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '@/design/Button'
import { later } from '@/design/later'
import { withLaterTexts } from '@/i18n/locale'
import styles from './InboxButton.module.css'
import { useInbox } from './inbox'

const InboxDialog = later(() => withLaterTexts(import('./InboxDialog')))

/** How many invitations wait for my answer, and the way to them; nothing when there are none. */
export function InboxButton() {
  const count = useInbox((inbox) => inbox.received.length)
  const [open, setOpen] = useState(false)
  const words = plural(count, { one: '# invitation', other: '# invitations' })
  return (
    <>
      <span role="status" className="visually-hidden">
        {count > 0 && words}
      </span>
      {count > 0 && (
        <span className={styles.place}>
          <IconButton label={words} placement="right" onPress={() => setOpen(true)}>
            <Mail size={20} />
          </IconButton>
          <span className={styles.count} aria-hidden="true">
            {count > 99 ? '99+' : count}
          </span>
        </span>
      )}
      {open && <InboxDialog onClose={() => setOpen(false)} />}
    </>
  )
}
