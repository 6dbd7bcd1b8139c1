import { type ReactNode, useEffect, useState } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'
import { flushSync } from 'react-dom'
import styles from './Tooltip.module.css'

interface TipProps {
  label: string
  placement?: 'top' | 'bottom' | 'left' | 'right'
  /** One focusable part of react-aria. */
  children: ReactNode
}

const dialogs = '[role="dialog"], [role="alertdialog"]'

/** Shows a name beside what is hovered or focused. */
export function Tip({ label, placement = 'top', children }: TipProps) {
  const [open, setOpen] = useState(false)

  useEffect(() => {
    if (!open) return
    // An open tooltip keeps Escape to itself: gone before it hears of the key, it leaves that to the dialog as well.
    const press = ({ key }: KeyboardEvent) => {
      if (key === 'Escape' && document.querySelector(dialogs)) flushSync(() => setOpen(false))
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [open])

  return (
    <TooltipTrigger delay={450} closeDelay={60} isOpen={open} onOpenChange={setOpen}>
      {children}
      <Tooltip placement={placement} offset={6} className={styles.tooltip}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  )
}
