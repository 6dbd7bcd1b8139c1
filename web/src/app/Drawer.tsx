import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import styles from './Drawer.module.css'

interface DrawerProps {
  onClose: () => void
  children: ReactNode
}

/** A panel that comes in from the end of the line, over the conversation. */
export default function Drawer({ onClose, children }: DrawerProps) {
  const { t } = useLingui()
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={styles.overlay}>
      <Modal className={styles.panel}>
        <Dialog aria-label={t`Members`} className={styles.dialog}>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
