import { answer, http } from '@/api/client'
import { beginSession } from '@/app/session'
import { rememberAccount } from './remembered-accounts'

export interface Credentials {
  email: string
  password: string
}

/** Signs in with e-mail and password, and a code where it is asked for. */
export async function signIn({ email, password }: Credentials, code?: string): Promise<void> {
  const body = { email: email.trim(), password, ...(code ? { code } : {}) }
  const { user } = await answer(http.POST('/auth/login', { body }))
  rememberAccount(user)
  beginSession(user)
}
