import type { Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import styles from './Button.module.css'
import { Tip } from './Tooltip'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style'> {
  look?: Look
  ref?: Ref<HTMLButtonElement>
  /** As wide as what it stands in. */
  wide?: boolean
}

/** A button with words. While `isPending` it keeps its width and cannot be pressed. */
export function Button({ look = 'plain', wide = false, ...props }: ButtonProps) {
  return <AriaButton {...props} className={`${styles.button} ${styles[look]} ${wide ? styles.wide : ''}`} />
}

interface IconButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'aria-label'> {
  /** What it does; read out, and shown on hover. */
  label: string
  ref?: Ref<HTMLButtonElement>
  danger?: boolean
  small?: boolean
  placement?: 'top' | 'bottom' | 'left' | 'right'
}

/** A button with an icon alone. */
export function IconButton({ label, danger, small, placement = 'top', ...props }: IconButtonProps) {
  const classes = [styles.icon, danger ? styles.iconDanger : '', small ? styles.small : '']
  return (
    <Tip label={label} placement={placement}>
      <AriaButton {...props} aria-label={label} className={classes.join(' ')} />
    </Tip>
  )
}
