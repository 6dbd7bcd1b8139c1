import { useLingui } from '@lingui/react/macro'
import { MoreHorizontal } from 'lucide-react'
import { Toolbar } from 'react-aria-components'
import { IconButton } from '@/design/Button'
import { Menu } from '@/design/Menu'
import styles from './MessageRow.module.css'
import type { MessageActions } from './message-actions'

/** What can be done with the message under the pointer or with the focus. */
export function MessageToolbar({ actions }: { actions: MessageActions }) {
  const { t } = useLingui()
  return (
    <Toolbar aria-label={t`Message`} className={styles.toolbar ?? ''}>
      {actions.groups.flat().map((action) => (
        <IconButton
          key={action.id}
          label={action.label}
          danger={action.danger ?? false}
          small
          onPress={action.onAction}
        >
          {action.icon}
        </IconButton>
      ))}
      {actions.all.flat().length > actions.groups.flat().length && (
        <Menu label={t`More`} groups={actions.all}>
          <IconButton label={t`More`} small>
            <MoreHorizontal size={16} />
          </IconButton>
        </Menu>
      )}
    </Toolbar>
  )
}
