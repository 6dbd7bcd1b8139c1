import { useLingui } from '@lingui/react/macro'
import type { RefObject } from 'react'
import { Dialog, Popover, type PopoverProps } from 'react-aria-components'
import { EmojiPicker } from './EmojiPicker'
import styles from './EmojiPicker.module.css'

interface EmojiPopoverProps {
  /** The button it belongs to. */
  anchor: RefObject<HTMLElement | null>
  placement?: NonNullable<PopoverProps['placement']>
  onPick: (emoji: string) => void
  onClose: () => void
}

/** The picker over the page; shown as long as it is rendered. */
export default function EmojiPopover({ anchor, placement = 'top end', onPick, onClose }: EmojiPopoverProps) {
  const { t } = useLingui()
  return (
    <Popover
      isOpen
      onOpenChange={(open) => !open && onClose()}
      triggerRef={anchor}
      placement={placement}
      offset={8}
      className={styles.popover ?? ''}
    >
      <Dialog className={styles.dialog ?? ''} aria-label={t`Choose an emoji`}>
        <EmojiPicker onPick={onPick} />
      </Dialog>
    </Popover>
  )
}
