import { useLingui } from '@lingui/react/macro'
import { ArrowLeft, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { linkTo, type Route } from '@/app/router'
import { useTitle } from '@/app/title'
import { IconButton } from '@/design/Button'
import styles from './SettingsFrame.module.css'

/** One page of settings, with the entry that leads to it. */
export interface SettingsPage {
  id: string
  name: string
  icon: ReactNode
  content: ReactNode
}

interface SettingsFrameProps {
  /** What is set: read out, and the title of the window. */
  title: string
  /** Whose settings they are, above the entries. */
  subject?: string
  pages: SettingsPage[]
  /** The page asked for; the first one when there is no such page. */
  pageId: string
  routeTo: (pageId: string) => Route
  onClose: () => void
  /** Beneath the entries. */
  foot?: ReactNode
}

/** Settings over everything: entries at the side, at the foot on a phone. Escape closes them. */
export function SettingsFrame(props: SettingsFrameProps) {
  const { title, subject, pages, pageId, routeTo, onClose, foot } = props
  const open = pages.find((candidate) => candidate.id === pageId) ?? pages[0]

  useTitle(title)

  return (
    <ModalOverlay isOpen onOpenChange={(shown) => !shown && onClose()} className={styles.overlay ?? ''}>
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''} aria-label={title}>
          <nav className={styles.sections} aria-label={title}>
            <div className={styles.entries}>
              {subject && <p className={styles.subject}>{subject}</p>}
              <ul>
                {pages.map((page) => (
                  <li key={page.id}>
                    <a
                      {...linkTo(routeTo(page.id))}
                      className={styles.section}
                      aria-current={page === open ? 'page' : undefined}
                    >
                      {page.icon}
                      <span>{page.name}</span>
                    </a>
                  </li>
                ))}
              </ul>
            </div>
            {foot}
          </nav>
          <div className={styles.content}>
            <FrameHeader name={open?.name} onClose={onClose} />
            {open?.content}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function FrameHeader({ name, onClose }: { name: string | undefined; onClose: () => void }) {
  const { t } = useLingui()
  return (
    <header className={styles.header}>
      <span className={styles.back}>
        <IconButton label={t`Close settings`} onPress={onClose} placement="bottom">
          <ArrowLeft size={20} />
        </IconButton>
      </span>
      <Heading slot="title" level={1} className={styles.title ?? ''}>
        {name}
      </Heading>
      <span className={styles.cross}>
        <IconButton label={t`Close settings`} onPress={onClose} placement="bottom">
          <X size={20} />
        </IconButton>
      </span>
    </header>
  )
}
