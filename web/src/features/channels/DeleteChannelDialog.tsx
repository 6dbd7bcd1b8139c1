import { useLingui } from '@lingui/react/macro'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Channel } from '@/api/contract'
import { FormDialog } from '@/design/FormDialog'
import { receive, selectChannels, useStore } from '@/state/store'
import { ChannelIcon } from './ChannelIcon'
import styles from './DeleteChannelDialog.module.css'

interface DeleteChannelDialogProps {
  channel: Channel
  onClose: () => void
}

/** Asks before a channel is deleted; of a folder it lists what goes with it (C7). */
export function DeleteChannelDialog({ channel, onClose }: DeleteChannelDialogProps) {
  const { t } = useLingui()
  const inside = useStore(
    useShallow((state) =>
      selectChannels(state, channel.server_id).filter((other) => other.parent_id === channel.id),
    ),
  )

  async function remove() {
    const params = { path: { server_id: channel.server_id, channel_id: channel.id } }
    await answer(http.DELETE('/servers/{server_id}/channels/{channel_id}', { params }))
    for (const { id, server_id } of [...inside, channel]) {
      receive({ type: 'channel.deleted', data: { id, server_id } })
    }
  }

  return (
    <FormDialog
      title={t`Delete ${channel.name}?`}
      submit={t`Delete`}
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      {() =>
        channel.kind === 'folder' && inside.length > 0 ? (
          <>
            <p>{t`These channels and all their messages are deleted with the folder:`}</p>
            <ul className={styles.list}>
              {inside.map((other) => (
                <li key={other.id}>
                  <ChannelIcon kind={other.kind} /> {other.name}
                </li>
              ))}
            </ul>
            <p>{t`This cannot be taken back.`}</p>
          </>
        ) : (
          <p>
            {channel.kind === 'folder'
              ? t`The folder is empty; only the folder goes.`
              : t`All its messages are deleted for everyone. This cannot be taken back.`}
          </p>
        )
      }
    </FormDialog>
  )
}
