import { answer, http } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { beginSession } from '@/app/session'
import { showPasskey } from './passkeys'
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
  const { options, state } = await answer(http.POST('/auth/passkey/begin'))
  const credential = await showPasskey(options, signal)
  const { user } = await answer(http.POST('/auth/passkey', { body: { state, credential } }))
  enter(user)
}

function enter(user: OwnUser): void {
  rememberAccount(user)
  beginSession(user)
}
