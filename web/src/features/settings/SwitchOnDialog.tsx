import { useLingui } from '@lingui/react/macro'
import { type ReactNode, useId, useState } from 'react'
import { answer, http } from '@/api/client'
import type { Enrolment } from '@/api/contract'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { useAccountFieldText } from '@/features/auth/account-problems'
import { CodeField } from '@/features/auth/CodeField'
import { AppSetup } from './AppSetup'
import { PasswordField } from './PasswordField'
import { RecoveryCodes } from './RecoveryCodes'
import styles from './Security.module.css'
import { useSecurityRefresh } from './security'
import { StepForm, useSending } from './sending'

/** Switches two-factor sign-in on (A3): the password, then the app and its first code, then the recovery codes. */
export function SwitchOnDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const refresh = useSecurityRefresh()
  const fieldText = useAccountFieldText()
  const { problem, pending, send, forget } = useSending()
  const [password, setPassword] = useState('')
  const [begun, setBegun] = useState<Enrolment | null>(null)
  const [code, setCode] = useState('')
  const [codes, setCodes] = useState<string[] | null>(null)
  const [kept, setKept] = useState(false)
  const [reminded, setReminded] = useState(false)
  const form = useId()

  async function begin() {
    setBegun(await answer(http.POST('/users/@me/totp', { body: { current_password: password } })))
  }

  async function confirm(whole: string) {
    const { recovery_codes } = await answer(http.POST('/users/@me/totp/confirm', { body: { code: whole } }))
    setCodes(recovery_codes)
    refresh()
  }

  function back() {
    setBegun(null)
    setCode('')
    forget()
  }

  const submit = (words: string): ReactNode => (
    <Button type="submit" form={form} look="primary" isPending={pending}>
      {words}
    </Button>
  )
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
        <Step number={3} />
        <RecoveryCodes codes={codes} kept={kept} onKept={setKept} reminded={reminded} />
      </Dialog>
    )
  }
  if (begun) {
    return (
      <Dialog
        title={t`Connect your app`}
        onClose={onClose}
        actions={
          <>
            <Button onPress={back}>{t`Back`}</Button>
            {submit(t`Switch on`)}
          </>
        }
      >
        <Step number={2} />
        <StepForm id={form} problem={problem} onSubmit={() => send(() => confirm(code))}>
          <AppSetup begun={begun} />
          <CodeField
            kind="totp"
            value={code}
            onChange={setCode}
            onWhole={(whole) => send(() => confirm(whole))}
            error={fieldText(problem?.fieldCode('code'))}
            // On a phone, the keyboard would cover what the step is about.
            autoFocus={!matchMedia('(pointer: coarse)').matches}
          />
        </StepForm>
      </Dialog>
    )
  }
  return (
    <Dialog
      title={t`Switch on two-factor sign-in`}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t`Cancel`}</Button>
          {submit(t`Continue`)}
        </>
      }
    >
      <Step number={1} />
      <StepForm id={form} problem={problem} onSubmit={() => send(begin)}>
        <p>{t`You need an app for such codes, for example Aegis, 2FAS or the one of your password manager.`}</p>
        <PasswordField value={password} onChange={setPassword} problem={problem} autoFocus />
      </StepForm>
    </Dialog>
  )
}

function Step({ number }: { number: number }) {
  const { t } = useLingui()
  return <p className={styles.step}>{t`Step ${number} of 3`}</p>
}
