import { useLingui } from '@lingui/react/macro'
import { useId, useRef, useState } from 'react'
import { answer, http } from '@/api/client'
import type { PasskeyAnswer, PasskeyChallenge } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { TextField } from '@/design/TextField'
import { toast } from '@/design/toasts'
import { useAccountFieldText, useAccountProblemText } from '@/features/auth/account-problems'
import { forgetPasskey, isGivenUp, makePasskey, passkeyId } from '@/features/auth/passkeys'
import { Said } from '@/features/auth/Said'
import { deviceName } from './device-name'
import { bodyOf, FreshFields, noProof } from './FreshFields'
import styles from './Security.module.css'
import { useSecurityNow, useSecurityRefresh } from './security'
import { StepForm, useSending } from './sending'

/** The longest name; as the server has it. */
const longest = 64

interface AddPasskeyDialogProps {
  withCode: boolean
  onClose: () => void
}

/**
 * Adds a passkey (A3): name and password, then what the browser asks. Whoever gives that up may try again without showing once
 * more who they are, since a code works once.
 */
export function AddPasskeyDialog({ withCode, onClose }: AddPasskeyDialogProps) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const fieldText = useAccountFieldText()
  const refresh = useSecurityRefresh()
  const securityNow = useSecurityNow()
  const { problem, pending, send } = useSending()
  const [name, setName] = useState(() => deviceName(navigator.userAgent).slice(0, longest))
  const [proof, setProof] = useState(noProof)
  const [begun, setBegun] = useState<PasskeyChallenge | null>(null)
  const [credential, setCredential] = useState<PasskeyAnswer | null>(null)
  /** Nobody is there any more who could try again. */
  const left = useRef(false)
  const form = useId()

  async function begin(): Promise<PasskeyChallenge> {
    const body = bodyOf(proof, withCode)
    const challenge = await answer(http.POST('/users/@me/passkeys/begin', { body }))
    setBegun(challenge)
    return challenge
  }

  async function make(options: object): Promise<PasskeyAnswer> {
    const made = await makePasskey(options)
    setCredential(made)
    return made
  }

  async function add() {
    const { options, state } = begun ?? (await begin())
    const made = credential ?? (await make(options))
    try {
      const body = { state, name: name.trim(), credential: made }
      await answer(http.POST('/users/@me/passkeys', { body }))
    } catch (error) {
      // With another name, the same passkey will do, and so it will when no answer came.
      const refusal = asProblem(error)
      if (refusal.fieldCode('name') || refusal.isNetwork) {
        if (left.current) void isKept(made)
        throw error
      }
      startAnew()
      // It was added, perhaps, and the answer to that was lost.
      if (!(await isKept(made))) throw error
    }
    refresh()
    toast(t`The passkey is added.`)
    onClose()
  }

  /** Whether the passkey is added. If it is not, the device that has made it forgets it, where it can be told. */
  async function isKept(made: PasskeyAnswer): Promise<boolean> {
    const id = passkeyId(made)
    const security = await securityNow().catch(() => null)
    const kept = security?.credentials.some(({ credential_id }) => credential_id === id) ?? false
    if (security && !kept) void forgetPasskey(id)
    return kept
  }

  /** Nobody will add any more what was made meanwhile. */
  function leave() {
    left.current = true
    if (credential && !pending) void isKept(credential)
    onClose()
  }

  function startAnew() {
    setBegun(null)
    setCredential(null)
    setProof(noProof)
  }

  const givenUp = problem && isGivenUp(problem) ? problem : null
  return (
    <Dialog
      title={t`Add a passkey`}
      onClose={leave}
      actions={
        <>
          <Button onPress={leave}>{t`Cancel`}</Button>
          <Button
            type="submit"
            form={form}
            look="primary"
            isPending={pending}
            isDisabled={name.trim() === ''}
          >
            {givenUp ? t`Try again` : t`Continue`}
          </Button>
        </>
      }
    >
      <StepForm id={form} problem={givenUp ? null : problem} onSubmit={() => send(add)}>
        <p>{t`Your browser asks you next where to keep it: on this device, on your phone or on a security key.`}</p>
        <TextField
          label={t`Name`}
          name="name"
          description={t`By which you know it again.`}
          autoComplete="off"
          maxLength={longest}
          isRequired
          value={name}
          onChange={setName}
          error={fieldText(problem?.fieldCode('name'))}
        />
        {begun ? (
          <Said>
            <p role="status" className={styles.quiet}>
              {pending && t`Do now what your browser asks.`}
              {givenUp && problemText(givenUp)}
            </p>
          </Said>
        ) : (
          <FreshFields value={proof} onChange={setProof} problem={problem} withCode={withCode} autoFocus />
        )}
      </StepForm>
    </Dialog>
  )
}
