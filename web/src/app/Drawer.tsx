import type { ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import styles from './Drawer.module.css'

interface DrawerProps {
  label: string
  /** For what is read rather than chosen from. */
  wide?: boolean
  /** On a phone it takes the whole screen. */
  whole?: boolean
  onClose: () => void
  children: ReactNode
}

/** A panel that comes in from the end of the line, over the conversation. */
export default function Drawer({ label, wide = false, whole = false, onClose, children }: DrawerProps) {
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={styles.overlay}>
      <Modal className={`${styles.panel} ${wide ? styles.wide : ''} ${whole ? styles.whole : ''}`}>
        <Dialog aria-label={label} className={styles.dialog}>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
