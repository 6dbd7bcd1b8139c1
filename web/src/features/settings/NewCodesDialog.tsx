import { useLingui } from '@lingui/react/macro'
import { useId, useState } from 'react'
import { answer, http } from '@/api/client'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { FreshFields, noProof } from './FreshFields'
import { RecoveryCodes } from './RecoveryCodes'
import { useSecurityRefresh } from './security'
import { StepForm, useSending } from './sending'

/** Recovery codes in place of those that are left. */
export function NewCodesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const refresh = useSecurityRefresh()
  const { problem, pending, send } = useSending()
  const [proof, setProof] = useState(noProof)
  const [codes, setCodes] = useState<string[] | null>(null)
  const [kept, setKept] = useState(false)
  const [reminded, setReminded] = useState(false)
  const form = useId()

  async function make() {
    const { recovery_codes } = await answer(http.POST('/users/@me/totp/recovery-codes', { body: proof }))
    setCodes(recovery_codes)
    refresh()
  }

  if (codes) {
    return (
      <Dialog
        title={t`Keep your recovery codes`}
        onClose={() => (kept ? onClose() : setReminded(true))}
        actions={
          <Button look="primary" isDisabled={!kept} onPress={onClose}>
            {t`Done`}
          </Button>
        }
      >
        <RecoveryCodes codes={codes} kept={kept} onKept={setKept} reminded={reminded} />
      </Dialog>
    )
  }
  return (
    <Dialog
      title={t`New recovery codes`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t`Cancel`}</Button>
          <Button type="submit" form={form} look="primary" isPending={pending}>
            {t`Make new codes`}
          </Button>
        </>
      }
    >
      <StepForm id={form} problem={problem} onSubmit={() => send(make)}>
        <p>{t`The codes that you have now will not work any more.`}</p>
        <FreshFields value={proof} onChange={setProof} problem={problem} withCode autoFocus />
      </StepForm>
    </Dialog>
  )
}
