import { type ReactNode, useRef, useState } from 'react'
import { ButtonContext, type ButtonProps } from 'react-aria-components'
import { later } from './later'
import type { MenuAction } from './MenuPopover'

export type { MenuAction } from './MenuPopover'

const MenuPopover = later(() => import('./MenuPopover'))

interface MenuProps {
  label: string
  /** Groups, with a line in between. */
  groups: MenuAction[][]
  placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end'
  /** The button that opens it. */
  children: ReactNode
}

/** A menu behind a button, which the arrow keys open too. */
export function Menu({ label, groups, placement = 'bottom end', children }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null)
  const [focus, setFocus] = useState<'first' | 'last' | null>(null)
  const openByKey: ButtonProps['onKeyDown'] = (event) => {
    const arrow = event.key === 'ArrowDown' || event.key === 'ArrowUp'
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return event.continuePropagation()
    event.preventDefault()
    setFocus(event.key === 'ArrowDown' ? 'first' : 'last')
  }
  const trigger = {
    ref: button,
    'aria-haspopup': 'menu',
    'aria-expanded': focus !== null,
    onPress: () => setFocus('first'),
    onKeyDown: openByKey,
  } as const
  return (
    <>
      <ButtonContext.Provider value={trigger}>{children}</ButtonContext.Provider>
      {focus && (
        <MenuPopover
          label={label}
          groups={groups}
          anchor={button}
          placement={placement}
          focus={focus}
          onClose={() => setFocus(null)}
        />
      )}
    </>
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
export function ContextMenu({ point, ...props }: ContextMenuProps) {
  return <MenuPopover {...props} anchor={point} placement="bottom start" focus="first" />
}
