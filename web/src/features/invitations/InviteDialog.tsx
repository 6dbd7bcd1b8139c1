import { useLingui } from '@lingui/react/macro'
import type { Server } from '@/api/contract'
import { Queries } from '@/app/queries'
import { Dialog } from '@/design/Dialog'
import { InviteByLink } from './InviteByLink'
import { InviteByName } from './InviteByName'

interface InviteDialogProps {
  server: Server
  onClose: () => void
}

/** Brings people into a server: by a link, or by name (S10). */
export default function InviteDialog({ server, onClose }: InviteDialogProps) {
  const { t } = useLingui()
  return (
    <Dialog title={t`Invite people to ${server.name}`} onClose={onClose}>
      <InviteByLink serverId={server.id} />
      <Queries>
        <InviteByName serverId={server.id} />
      </Queries>
    </Dialog>
  )
}
