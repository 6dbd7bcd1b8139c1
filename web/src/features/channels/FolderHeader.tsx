import { useLingui } from '@lingui/react/macro'
import { ChevronDown, Pencil, Plus, Settings, Trash2 } from 'lucide-react'
import { Button } from 'react-aria-components'
import type { Channel } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { Menu } from '@/design/Menu'
import type { ChannelDialog } from './ChannelDialogs'
import { toggleFolded } from './folded'
import styles from './Sidebar.module.css'

interface FolderHeaderProps {
  folder: Channel
  folded: boolean
  manages: boolean
  onDialog: (dialog: ChannelDialog) => void
}

/** A folder's name, which opens and closes it. */
export function FolderHeader({ folder, folded, manages, onDialog }: FolderHeaderProps) {
  const { t } = useLingui()
  const menuLabel = t`Options of ${folder.name}`
  return (
    <div className={styles.folder}>
      <Button className={styles.fold ?? ''} aria-expanded={!folded} onPress={() => toggleFolded(folder.id)}>
        <ChevronDown size={14} aria-hidden="true" className={folded ? styles.turned : ''} />
        <span className={styles.name}>{folder.name}</span>
      </Button>
      {manages && (
        <span className={styles.options}>
          <Menu
            label={menuLabel}
            placement="bottom start"
            groups={[
              [
                {
                  id: 'rename',
                  label: t`Rename folder`,
                  icon: <Pencil size={16} />,
                  onAction: () => onDialog({ name: 'edit', channel: folder }),
                },
              ],
              [
                {
                  id: 'delete',
                  label: t`Delete folder`,
                  icon: <Trash2 size={16} />,
                  danger: true,
                  onAction: () => onDialog({ name: 'delete', channel: folder }),
                },
              ],
            ]}
          >
            <IconButton label={menuLabel} small>
              <Settings size={16} />
            </IconButton>
          </Menu>
          <IconButton
            label={t`Create a channel in ${folder.name}`}
            small
            onPress={() => onDialog({ name: 'create', kind: 'text', parentId: folder.id })}
          >
            <Plus size={16} />
          </IconButton>
        </span>
      )}
    </div>
  )
}
