import { useLingui } from '@lingui/react/macro'
import { Copy, Pencil, Trash2 } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { Message } from '@/api/contract'
import type { MenuAction } from '@/design/Menu'
import { toast } from '@/design/toasts'
import { mayInChannel, useStore } from '@/state/store'
import type { Row } from './rows'

interface Wishes {
  onEdit: (message: Message) => void
  onDelete: (message: Message) => void
}

export interface MessageActions {
  groups: MenuAction[][]
  onKey: (event: KeyboardEvent) => void
}

/** What the reader may do with a message: the same in the toolbar, the menu and by key. */
export function useMessageActions(row: Row, { onEdit, onDelete }: Wishes): MessageActions {
  const { t } = useLingui()
  const { message } = row
  const mine = useStore((state) => state.me?.id === row.author.id)
  const moderates = useStore(
    (state) =>
      message !== null && mayInChannel(state, message.server_id, message.channel_id, 'manage_messages'),
  )
  if (!message) return { groups: [], onKey: () => {} }

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
  const groups = [mine ? [edit, copy] : [copy], mine || moderates ? [remove] : []]
  return {
    groups,
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
