import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button, IconButton } from './Button'
import styles from './Dialog.module.css'

interface DialogProps {
  title: string
  /** Asked to close: Escape, the cross, a press outside. */
  onClose: () => void
  children: ReactNode
  /** Buttons at the foot, the main one last. */
  actions?: ReactNode
  role?: 'dialog' | 'alertdialog'
}

/** A dialog over everything; shown as long as it is rendered. */
export function Dialog({ title, onClose, children, actions, role = 'dialog' }: DialogProps) {
  const { t } = useLingui()
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className={styles.overlay}>
      <Modal className={styles.modal}>
        <AriaDialog role={role} className={styles.dialog}>
          <header className={styles.header}>
            <Heading slot="title" className={styles.title}>
              {title}
            </Heading>
            <IconButton label={t`Close`} onPress={onClose} placement="bottom">
              <X size={18} />
            </IconButton>
          </header>
          <div className={styles.body}>{children}</div>
          {actions && <footer className={styles.actions}>{actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

interface ConfirmDialogProps {
  title: string
  /** What will happen, naming the thing. */
  children: ReactNode
  /** The word on the button, for example “Delete”. */
  confirm: string
  danger?: boolean
  isPending?: boolean
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useLingui()
  const { title, children, confirm, danger = false, isPending = false, onConfirm, onClose } = props
  return (
    <Dialog
      title={title}
      role="alertdialog"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t`Cancel`}</Button>
          <Button look={danger ? 'danger' : 'primary'} isPending={isPending} onPress={onConfirm} autoFocus>
            {confirm}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}
