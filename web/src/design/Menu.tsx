import type { ReactNode } from 'react'
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components'
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

interface MenuProps {
  label: string
  /** Groups, with a line in between. */
  groups: MenuAction[][]
  placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end'
  /** The button that opens it. */
  children: ReactNode
}

/** A menu behind a button. */
export function Menu({ label, groups, placement = 'bottom end', children }: MenuProps) {
  return (
    <MenuTrigger>
      {children}
      <Popover placement={placement} offset={6} className={styles.popover}>
        <MenuList label={label} groups={groups} />
      </Popover>
    </MenuTrigger>
  )
}

interface ContextMenuProps {
  label: string
  groups: MenuAction[][]
  /** Where it was asked for, in pixels of the window. */
  point: { x: number; y: number }
  onClose: () => void
}

/** A menu at a place of the screen; shown as long as it is rendered. */
export function ContextMenu({ label, groups, point, onClose }: ContextMenuProps) {
  return (
    <MenuTrigger isOpen onOpenChange={(open) => !open && onClose()}>
      <AnchorAt point={point} />
      <Popover placement="bottom start" offset={2} className={styles.popover} triggerRef={anchorRef}>
        <MenuList label={label} groups={groups} />
      </Popover>
    </MenuTrigger>
  )
}

const anchorRef: { current: HTMLSpanElement | null } = { current: null }

function AnchorAt({ point }: { point: { x: number; y: number } }) {
  return (
    <span
      ref={(element) => {
        anchorRef.current = element
      }}
      className={styles.anchor}
      style={{ left: point.x, top: point.y }}
    />
  )
}

function MenuList({ label, groups }: { label: string; groups: MenuAction[][] }) {
  const shown = groups.filter((group) => group.length > 0)
  return (
    <AriaMenu aria-label={label} className={styles.menu}>
      {shown.flatMap((group, index) => [
        ...(index > 0 ? [<Separator key={`line-${group[0]?.id}`} className={styles.line} />] : []),
        ...group.map((action) => (
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
        )),
      ])}
    </AriaMenu>
  )
}
