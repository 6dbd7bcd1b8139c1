import { answer, http } from '@/api/client'
import type { OwnUser, PasskeyAnswer, PasskeyChallenge } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { beginSession } from '@/app/session'
import { canOfferPasskeys, forgetPasskey, passkeyId, showPasskey } from './passkeys'
import { rememberAccount } from './remembered-accounts'

export interface Credentials {
  email: string
  password: string
}

/** Signs in with e-mail and password, and a code where it is asked for. */
export async function signIn({ email, password }: Credentials, code?: string): Promise<void> {
  const body = { email: email.trim(), password, ...(code ? { code } : {}) }
  const { user } = await answer(http.POST('/auth/login', { body }))
  enter(user)
}

/** Signs in with a passkey: the device says who one is, and nothing else is asked for. */
export async function signInWithPasskey(signal: AbortSignal): Promise<void> {
  const { options, state } = await begin()
  await show(state, await showPasskey(options, signal))
}

/** A challenge is good for five minutes; a new one is there before. */
const freshMs = 4 * 60_000

/** Offers passkeys where the e-mail is typed, and signs in with the one that is chosen. Whoever chooses none hears nothing. */
export async function offerPasskeys(signal: AbortSignal): Promise<void> {
  if (!(await canOfferPasskeys())) return
  while (!signal.aborted) {
    const begun = await begin().catch(() => null)
    if (!begun) return
    const round = AbortSignal.any([signal, AbortSignal.timeout(freshMs)])
    const credential = await showPasskey(begun.options, round, true).catch(() => null)
    if (credential) return show(begun.state, credential)
    if (!round.aborted) return
  }
}

function begin(): Promise<PasskeyChallenge> {
  return answer(http.POST('/auth/passkey/begin'))
}

async function show(state: string, credential: PasskeyAnswer): Promise<void> {
  try {
    const { user } = await answer(http.POST('/auth/passkey', { body: { state, credential } }))
    enter(user)
  } catch (error) {
    if (asProblem(error).code === 'passkey_unknown') void forgetPasskey(passkeyId(credential))
    throw error
  }
}

function enter(user: OwnUser): void {
  rememberAccount(user)
  beginSession(user)
}
