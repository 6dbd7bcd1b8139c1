import { useLingui } from '@lingui/react/macro'
import { Copy, FileX2, Link, Pencil, Pin, PinOff, Reply, SmilePlus, Trash2 } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { Message } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { pathOf } from '@/app/router'
import type { MenuAction } from '@/design/Menu'
import { toast } from '@/design/toasts'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import { useProblemText } from '@/i18n/problems'
import { mayInChannel, type StoreState, useStore, viewOf } from '@/state/store'
import { pin } from './pins/pinning'
import { useMayPin } from './pins/useMayPin'
import { useMayReact } from './reactions/useReact'
import { startReply } from './replies/replying'
import type { Row } from './rows'

interface Wishes {
  onReact: () => void
  onEdit: (message: Message) => void
  onDelete: (message: Message) => void
  onRemoveFiles: (message: Message) => void
}

export interface MessageActions {
  groups: MenuAction[][]
  /** The same, what is done more rarely, and what may be done about its author. */
  all: MenuAction[][]
  onKey: (event: KeyboardEvent) => void
}

/** What the reader may do with a message: the same in the toolbar, the menu and by key. */
export function useMessageActions(
  row: Row,
  { onReact, onEdit, onDelete, onRemoveFiles }: Wishes,
): MessageActions {
  const { t } = useLingui()
  const { message } = row
  const mine = useStore((state) => state.me?.id === row.author.id)
  const moderates = useStore(
    (state) =>
      message !== null && mayInChannel(state, message.server_id, message.channel_id, 'manage_messages'),
  )
  const mayReact = useMayReact(message)
  const mayReply = useStore((state) => canReply(state, message))
  const mayPin = useMayPin(message)
  const problemText = useProblemText()
  const serverId = message?.server_id ?? ''
  const member = useStore((state) => state.members[serverId]?.byId[row.author.id])
  const moderation = useModerationMenu(serverId, row.author, member)
  if (!message) return { groups: [], all: [], onKey: () => {} }

  const copyText = (text: string) => {
    const done = () => toast(t`Copied`)
    navigator.clipboard.writeText(text).then(done, () => toast(t`Copying was not allowed`, 'danger'))
  }

  const react: MenuAction = {
    id: 'react',
    label: t`Add a reaction`,
    icon: <SmilePlus size={16} />,
    keys: '+',
    onAction: onReact,
  }
  const reply: MenuAction = {
    id: 'reply',
    label: t`Reply`,
    icon: <Reply size={16} />,
    keys: 'R',
    onAction: () => startReply(message),
  }
  const togglePin: MenuAction = {
    id: 'pin',
    label: message.pinned ? t`Unpin` : t`Pin`,
    icon: message.pinned ? <PinOff size={16} /> : <Pin size={16} />,
    keys: 'P',
    onAction: () => {
      pin(message, !message.pinned).catch((error) => toast(problemText(asProblem(error)), 'danger'))
    },
  }
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
    onAction: () => copyText(row.content),
  }
  const copyLink: MenuAction = {
    id: 'copy-link',
    label: t`Copy link`,
    icon: <Link size={16} />,
    keys: 'L',
    onAction: () => copyText(addressOf(message)),
  }
  const removeFiles: MenuAction = {
    id: 'remove-files',
    label: t`Remove files`,
    icon: <FileX2 size={16} />,
    danger: true,
    onAction: () => onRemoveFiles(message),
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
  const answering = [...(mayReact ? [react] : []), ...(mayReply ? [reply] : [])]
  const pinning = mayPin ? [togglePin] : []
  const copying = row.content === '' ? [] : [copy]
  const groups = [
    answering,
    written ? (mine ? [edit, ...copying] : copying) : [],
    (mine && written) || moderates ? [remove] : [],
  ]
  const filing = mine && message.attachments.length > 0 ? [removeFiles] : []
  return {
    groups,
    all: [
      answering,
      [...(groups[1] ?? []), copyLink, ...pinning],
      [...filing, ...(groups[2] ?? [])],
      ...(mine ? [] : moderation),
    ],
    onKey: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const key = event.key === 'Delete' ? 'Del' : event.key.toUpperCase()
      const action = [...groups.flat(), copyLink, ...pinning].find((candidate) => candidate.keys === key)
      if (!action) return
      event.preventDefault()
      action.onAction()
    },
  }
}

/** Where a message is on the web. */
function addressOf({ server_id, channel_id, id }: Message): string {
  const route = { name: 'channel', serverId: server_id, channelId: channel_id, messageId: id } as const
  return `${location.origin}${pathOf(route)}`
}

/** Whether I may write here, and read what I answer. */
function canReply(state: StoreState, message: Message | null): boolean {
  if (!message || viewOf(state, message.server_id)) return false
  return (['send_messages', 'read_history'] as const).every((permission) =>
    mayInChannel(state, message.server_id, message.channel_id, permission),
  )
}
