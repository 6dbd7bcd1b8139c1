import { useLingui } from '@lingui/react/macro'
import type { Server } from '@/api/contract'
import { Dialog } from '@/design/Dialog'
import { InvitationList } from './InvitationList'

/** A server's invitations, over everything. */
export default function InvitationsDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { t } = useLingui()
  return (
    <Dialog title={t`Invitations to ${server.name}`} onClose={onClose}>
      <InvitationList serverId={server.id} />
    </Dialog>
  )
}
