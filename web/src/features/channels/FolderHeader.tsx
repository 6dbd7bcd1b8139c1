import { useLingui } from '@lingui/react/macro'
import { ChevronDown, Lock, Plus, Settings } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useShallow } from 'zustand/react/shallow'
import type { Channel } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { Menu } from '@/design/Menu'
import { MentionBadge } from '@/features/unread/MentionBadge'
import { useUnreadName } from '@/features/unread/unread-words'
import { allRead } from '@/state/read-states'
import { mayInChannel, useStore } from '@/state/store'
import { unreadOfFolder } from '@/state/unread'
import type { ChannelDialog } from './ChannelDialogs'
import { useChannelDrag } from './channel-drag'
import { useChannelMenu } from './channel-menu'
import { toggleFolded } from './folded'
import styles from './Sidebar.module.css'

interface FolderHeaderProps {
  folder: Channel
  folded: boolean
  /** Whether the reader may make channels in the server. */
  creates: boolean
  onDialog: (dialog: ChannelDialog) => void
}

/** A folder's name, which opens and closes it. */
export function FolderHeader({ folder, folded, creates, onDialog }: FolderHeaderProps) {
  const { t } = useLingui()
  const groups = useChannelMenu(folder, onDialog)
  const moves = useStore((state) => mayInChannel(state, folder.server_id, folder.id, 'manage_channels'))
  const drag = useChannelDrag(folder, moves)
  // What is in sight speaks for itself.
  const unread = useStore(useShallow((state) => (folded ? unreadOfFolder(state, folder.id) : allRead)))
  const named = useUnreadName()
  const menuLabel = t`Options of ${folder.name}`
  return (
    <div {...drag} className={styles.folder}>
      <Button
        className={styles.fold ?? ''}
        aria-expanded={!folded}
        aria-label={unread.unread ? named(folder.name, unread) : undefined}
        data-unread={unread.unread || undefined}
        onPress={() => toggleFolded(folder.id)}
      >
        <ChevronDown size={14} aria-hidden="true" className={folded ? styles.turned : ''} />
        <span className={styles.name}>{folder.name}</span>
        {folder.private && <Lock size={12} aria-hidden="true" />}
        <MentionBadge count={unread.mentions} />
      </Button>
      {(creates || groups.length > 0) && (
        <span className={styles.options}>
          {groups.length > 0 && (
            <Menu label={menuLabel} placement="bottom start" groups={groups}>
              <IconButton label={menuLabel} small>
                <Settings size={16} />
              </IconButton>
            </Menu>
          )}
          {creates && (
            <IconButton
              label={t`Create a channel in ${folder.name}`}
              small
              onPress={() => onDialog({ name: 'create', kind: 'text', parentId: folder.id })}
            >
              <Plus size={16} />
            </IconButton>
          )}
        </span>
      )}
    </div>
  )
}
