import { useLingui } from '@lingui/react/macro'
import type { Channel } from '@/api/contract'
import { toast } from '@/design/toasts'
import { mayInChannel, useStore, viewOf } from '@/state/store'
import { focusComposer } from '../messages/composer-focus'
import type { Brought } from './transferred'
import { countComing } from './uploads'

const canHover = window.matchMedia('(hover: hover)')

/** Attaches files to the next message of a channel; not for whoever may not, who is told so. */
export function useAttach(channel: Channel): (brought: Brought) => void {
  const { t } = useLingui()
  const may = useMayAttach(channel)
  return (brought) => {
    if (brought.files.length + brought.folders.length === 0) return
    if (!may) return toast(t`You may not attach files in ${channel.name}.`, 'danger')
    // A text may follow; where it would bring up a keyboard, it is asked for first.
    if (canHover.matches) focusComposer()
    countComing(channel.id, 1)
    import('./uploading')
      .then(
        ({ addFiles }) => addFiles(channel.server_id, channel.id, brought),
        () => toast(t`Beep cannot be reached. Check your connection and try again.`, 'danger'),
      )
      .finally(() => countComing(channel.id, -1))
  }
}

/** Whether I may send files here. */
export function useMayAttach({ server_id, id }: Channel): boolean {
  return useStore(
    (state) =>
      !viewOf(state, server_id) &&
      (['send_messages', 'attach_files'] as const).every((permission) =>
        mayInChannel(state, server_id, id, permission),
      ),
  )
}
