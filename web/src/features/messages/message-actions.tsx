import { useLingui } from '@lingui/react/macro'
import { Copy, Pencil, Trash2 } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { Message } from '@/api/contract'
import type { MenuAction } from '@/design/Menu'
import { toast } from '@/design/toasts'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import { mayInChannel, useStore } from '@/state/store'
import type { Row } from './rows'

interface Wishes {
  onEdit: (message: Message) => void
  onDelete: (message: Message) => void
}

export interface MessageActions {
  groups: MenuAction[][]
  /** The same, and what may be done about its author. */
  all: MenuAction[][]
  onKey: (event: KeyboardEvent) => void
}

/** What the reader may do with a message: the same in the toolbar, the menu and by key. */
export function useMessageActions(row: Row, { onEdit, onDelete }: Wishes): MessageActions {
  const { t } = useLingui()
  const { message } = row
  const mine = useStore((state) => state.me?.id === row.author.id)
  const moderates = useStore(
    (state) => message !== null && mayInChannel(state, message.channel_id, 'manage_messages'),
  )
  const serverId = message?.server_id ?? ''
  const member = useStore((state) => state.members[serverId]?.byId[row.author.id])
  const moderation = useModerationMenu(serverId, row.author, member)
  if (!message) return { groups: [], all: [], onKey: () => {} }

  const edit: MenuAction = {
    id: 'edit',
    label: t`Edit`,
    icon: <Pencil size={16} />,
    keys: 'E',
    onAction: () => onEdit(message),
  }
  const copy: MenuAction = {
    id: 'copy',
    label: t`Copy text`,
    icon: <Copy size={16} />,
    keys: 'C',
    onAction: () => {
      const done = () => toast(t`Copied`)
      navigator.clipboard.writeText(row.content).then(done, () => toast(t`Copying was not allowed`, 'danger'))
    },
  }
  const remove: MenuAction = {
    id: 'delete',
    label: t`Delete`,
    icon: <Trash2 size={16} />,
    keys: 'Del',
    danger: true,
    onAction: () => onDelete(message),
  }
  const written = row.notice === null
  const groups = [
    written ? (mine ? [edit, copy] : [copy]) : [],
    (mine && written) || moderates ? [remove] : [],
  ]
  return {
    groups,
    all: mine ? groups : [...groups, ...moderation],
    onKey: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const key = event.key === 'Delete' ? 'Del' : event.key.toUpperCase()
      const action = groups.flat().find((candidate) => candidate.keys === key)
      if (!action) return
      event.preventDefault()
      action.onAction()
    },
  }
}
