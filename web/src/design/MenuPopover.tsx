import { type ReactNode, type RefObject, useRef } from 'react'
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  Popover,
  type PopoverProps,
  Separator,
} from 'react-aria-components'
import { createPortal } from 'react-dom'
import styles from './Menu.module.css'

export interface MenuAction {
  id: string
  label: string
  icon?: ReactNode
  /** Keys that do the same, as they are shown. */
  keys?: string
  danger?: boolean
  isDisabled?: boolean
  onAction: () => void
}

interface MenuPopoverProps {
  label: string
  /** Groups, with a line in between. */
  groups: MenuAction[][]
  /** What it belongs to: a button, or a place of the screen in pixels. */
  anchor: RefObject<HTMLElement | null> | { x: number; y: number }
  placement: NonNullable<PopoverProps['placement']>
  /** Which entry has the focus first. */
  focus: 'first' | 'last'
  onClose: () => void
}

/** The list of a menu; shown as long as it is rendered. */
export default function MenuPopover({ label, groups, anchor, placement, focus, onClose }: MenuPopoverProps) {
  const spot = useRef<HTMLSpanElement>(null)
  const atPoint = 'x' in anchor
  return (
    <>
      {atPoint && <Spot spot={spot} point={anchor} />}
      <Popover
        aria-label={label}
        isOpen
        onOpenChange={(open) => !open && onClose()}
        triggerRef={atPoint ? spot : anchor}
        placement={placement}
        offset={atPoint ? 2 : 6}
        className={styles.popover}
      >
        <AriaMenu aria-label={label} autoFocus={focus} onClose={onClose} className={styles.menu}>
          {groups.filter((group) => group.length > 0).flatMap(entriesOf)}
        </AriaMenu>
      </Popover>
    </>
  )
}

/** A place of the window to hang a menu from; not where it is asked for, because what moves there would move it. */
function Spot({ spot, point }: { spot: RefObject<HTMLSpanElement | null>; point: { x: number; y: number } }) {
  return createPortal(
    <span ref={spot} className={styles.anchor} style={{ left: point.x, top: point.y }} />,
    document.body,
  )
}

function entriesOf(group: MenuAction[], index: number): ReactNode[] {
  const entries = group.map((action) => (
    <AriaMenuItem
      key={action.id}
      id={action.id}
      textValue={action.label}
      isDisabled={action.isDisabled ?? false}
      onAction={action.onAction}
      className={`${styles.item} ${action.danger ? styles.danger : ''}`}
    >
      <span className={styles.icon}>{action.icon}</span>
      <span className={styles.text}>{action.label}</span>
      {action.keys && <kbd className={styles.keys}>{action.keys}</kbd>}
    </AriaMenuItem>
  ))
  return index > 0
    ? [<Separator key={`line-${group[0]?.id}`} className={styles.line} />, ...entries]
    : entries
}
