import { useLingui } from '@lingui/react/macro'
import { answer, http } from '@/api/client'
import type { Server } from '@/api/contract'
import { navigate } from '@/app/router'
import { FormDialog } from '@/design/FormDialog'
import { receive } from '@/state/store'

interface LeaveServerDialogProps {
  server: Server
  onClose: () => void
}

/** Asks before leaving a server. */
export default function LeaveServerDialog({ server, onClose }: LeaveServerDialogProps) {
  const { t } = useLingui()

  async function leave() {
    await answer(http.POST('/servers/{server_id}/leave', { params: { path: { server_id: server.id } } }))
    navigate({ name: 'home' })
    receive({ type: 'server.deleted', data: { id: server.id } })
  }

  return (
    <FormDialog title={t`Leave ${server.name}?`} submit={t`Leave`} danger onSubmit={leave} onClose={onClose}>
      {() => (
        <p>
          {server.visibility === 'public'
            ? t`What you wrote stays. You can join again at any time.`
            : t`What you wrote stays. To come back, somebody has to invite you.`}
        </p>
      )}
    </FormDialog>
  )
}
