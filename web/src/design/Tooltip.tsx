import type { ReactNode } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'
import styles from './Tooltip.module.css'

interface TipProps {
  label: string
  placement?: 'top' | 'bottom' | 'left' | 'right'
  /** One focusable part of react-aria. */
  children: ReactNode
}

/** Shows a name beside what is hovered or focused. */
export function Tip({ label, placement = 'top', children }: TipProps) {
  return (
    <TooltipTrigger delay={450} closeDelay={60}>
      {children}
      <Tooltip placement={placement} offset={6} className={styles.tooltip}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  )
}
