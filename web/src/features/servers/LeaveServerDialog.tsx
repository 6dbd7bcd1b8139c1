import { useLingui } from '@lingui/react/macro'
import { answer, http } from '@/api/client'
import type { Server } from '@/api/contract'
import { navigate } from '@/app/router'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { FormDialog } from '@/design/FormDialog'
import { receive, useStore } from '@/state/store'

interface LeaveServerDialogProps {
  server: Server
  onClose: () => void
}

/** Asks before leaving a server; whoever owns it is told why that does not go, and what does. */
export default function LeaveServerDialog(props: LeaveServerDialogProps) {
  const owns = useStore((state) => state.me?.id === props.server.owner_id)
  return owns ? <OwnerStays {...props} /> : <AskToLeave {...props} />
}

function AskToLeave({ server, onClose }: LeaveServerDialogProps) {
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

function OwnerStays({ server, onClose }: LeaveServerDialogProps) {
  const { t } = useLingui()
  return (
    <Dialog
      title={t`You own ${server.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t`Cancel`}</Button>
          <Button
            look="primary"
            onPress={() => {
              onClose()
              navigate({ name: 'server-settings', serverId: server.id, section: 'danger' })
            }}
          >
            {t`Go there`}
          </Button>
        </>
      }
    >
      <p>
        {t`A server always has an owner, so you cannot leave it as it is. In its settings you can give it to somebody else, and then leave, or delete it if nobody needs it any more.`}
      </p>
    </Dialog>
  )
}
