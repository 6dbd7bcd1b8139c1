import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Member, Server } from '@/api/contract'
import { Button } from '@/design/Button'
import { FormDialog } from '@/design/FormDialog'
import { TextField } from '@/design/TextField'
import { nameOf } from '@/features/members/member-names'
import DeleteServerDialog from '@/features/servers/DeleteServerDialog'
import { receiveAnswer } from '@/state/store'
import { MemberPickerDialog } from './MemberPickerDialog'
import styles from './Section.module.css'

/** What only the owner can do, and nobody can take back. */
export function DangerSection({ server }: { server: Server }) {
  const { t } = useLingui()
  const [dialog, setDialog] = useState<'pick' | 'delete' | Member | null>(null)
  const close = () => setDialog(null)
  return (
    <div className={styles.body}>
      <section className={styles.danger}>
        <div className={styles.about}>
          <h2 className={styles.heading}>{t`Give the server to somebody else`}</h2>
          <p className={styles.quiet}>
            {t`They become the owner, and you stay as a member. Only they can give it back.`}
          </p>
        </div>
        <Button onPress={() => setDialog('pick')}>{t`Choose the new owner`}</Button>
      </section>
      <section className={styles.danger}>
        <div className={styles.about}>
          <h2 className={styles.heading}>{t`Delete the server`}</h2>
          <p className={styles.quiet}>{t`All its channels and messages are deleted, for everyone.`}</p>
        </div>
        <Button look="danger" onPress={() => setDialog('delete')}>{t`Delete server`}</Button>
      </section>
      {dialog === 'pick' && (
        <MemberPickerDialog
          title={t`Choose the new owner`}
          serverId={server.id}
          pick={t`Choose`}
          without={(member) => member.user.id === server.owner_id}
          onPick={(member) => {
            // One dialog has to be gone before the next comes, or what lies beneath stays out of reach for good.
            close()
            setTimeout(() => setDialog(member))
          }}
          onClose={close}
        />
      )}
      {dialog === 'delete' && <DeleteServerDialog server={server} onClose={close} />}
      {dialog && typeof dialog === 'object' && (
        <TransferDialog server={server} member={dialog} onClose={close} />
      )}
    </div>
  )
}

interface TransferDialogProps {
  server: Server
  member: Member
  onClose: () => void
}

function TransferDialog({ server, member, onClose }: TransferDialogProps) {
  const { t } = useLingui()
  const [written, setWritten] = useState('')
  const name = nameOf(member)

  async function transfer() {
    const params = { path: { server_id: server.id } }
    const body = { owner_id: member.user.id }
    await receiveAnswer(answer(http.PATCH('/servers/{server_id}', { params, body })), (data) => [
      { type: 'server.updated', data },
    ])
  }

  return (
    <FormDialog
      title={t`Give ${server.name} to ${name}?`}
      submit={t`Give the server`}
      danger
      isDisabled={written.trim() !== server.name}
      onSubmit={transfer}
      onClose={onClose}
    >
      {() => (
        <>
          <p>{t`${name} (@${member.user.username}) can then do everything here, also remove you. You cannot take this back.`}</p>
          <TextField
            label={t`Write ${server.name} to confirm`}
            value={written}
            onChange={setWritten}
            autoComplete="off"
            autoFocus
          />
        </>
      )}
    </FormDialog>
  )
}
