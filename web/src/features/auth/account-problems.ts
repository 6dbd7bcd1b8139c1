import { useLingui } from '@lingui/react/macro'
import { ApiProblem, asProblem } from '@/api/problem'
import { useFieldText, useProblemText } from '@/i18n/problems'

/** Refusals of accounts that find fault with one field. */
const atField: Record<string, string> = {
  wrong_password: 'current_password',
  wrong_code: 'code',
  second_factor_required: 'code',
  second_factor_wrong: 'code',
  email_taken: 'email',
}

/** Whatever was thrown, as a problem that names the field it finds fault with, also where the server names none. */
export function accountProblem(error: unknown): ApiProblem {
  const problem = asProblem(error)
  const field = atField[problem.code]
  if (!field || problem.fields.length > 0) return problem
  const { status, code, message: title, traceId, retryAfter } = problem
  const errors = [{ field, code, detail: title }]
  return new ApiProblem(
    { title, status, code, errors, ...(traceId ? { trace_id: traceId } : {}) },
    retryAfter,
  )
}

/** Puts refusals about accounts into words, by their code. */
export function useAccountProblemText(): (problem: ApiProblem) => string {
  const { t } = useLingui()
  const usualText = useProblemText()
  const codeText = useCodeText()
  return (problem) => {
    if (problem.code === 'username_taken') return t`Somebody else has this username.`
    if (problem.code === 'email_taken') return t`There is an account with this e-mail already.`
    const minutes = Math.ceil((problem.retryAfter ?? 0) / 60)
    if (problem.code === 'too_many_attempts' && minutes > 1) {
      return t`That was too often. Try again in ${minutes} minutes.`
    }
    return codeText(problem.code) ?? usualText(problem)
  }
}

/** Puts what is wrong with a field of an account into words, by its code. */
export function useAccountFieldText(): (code: string | undefined) => string | undefined {
  const { t } = useLingui()
  const usualText = useFieldText()
  const codeText = useCodeText()
  return (code) => {
    if (code === 'username_taken' || code === 'email_taken') return usualText('taken')
    if (code === 'unchanged') return t`This is your e-mail already.`
    if (code === 'too_common') return t`This is one of the first that anybody would try.`
    return (code ? codeText(code) : undefined) ?? usualText(code)
  }
}

function useCodeText(): (code: string) => string | undefined {
  const { t } = useLingui()
  return (code) => {
    switch (code) {
      case 'invalid_credentials':
        return t`This e-mail and password do not belong together.`
      case 'account_disabled':
        return t`This account is disabled. Ask whoever runs this Beep.`
      case 'registration_closed':
        return t`New accounts are not open here. Ask whoever runs this Beep.`
      case 'wrong_password':
        return t`This is not your password.`
      case 'wrong_code':
      case 'second_factor_wrong':
        return t`This code is not right, or it was used already.`
      case 'second_factor_required':
        return t`Give a code, too.`
      case 'totp_on':
        return t`Two-factor sign-in is on already.`
      case 'totp_not_begun':
        return t`This took too long. Begin again.`
      case 'totp_off':
        return t`Two-factor sign-in is off already.`
      case 'mail_not_configured':
        return t`This Beep cannot send mail.`
      case 'sign_in_given_up':
        return t`You are not signed in: it was given up, or refused. Try again.`
      case 'sign_in_not_begun':
        return t`That took too long, or it was begun in another browser. Begin again.`
      case 'sign_in_elsewhere':
        return t`Your account asks for more than this form can. Use the other way to sign in.`
      case 'provider_not_found':
        return t`This way to sign in is not offered here.`
      case 'not_signed_in':
        return t`The account you had here does not exist any more.`
      case 'completed_already':
        return t`Your account is made already. Sign in.`
      case 'identity_unavailable':
        return t`Who you are cannot be checked at the moment. Try again in a minute.`
      case 'kept_elsewhere':
        return t`This is kept where you sign in, such as at your school, and cannot be changed here.`
      case 'passkey_refused':
      case 'passkey_unknown':
        return t`This passkey opens no account here. It may have been removed.`
      case 'passkey_not_begun':
        return t`This took too long. Begin again.`
      case 'passkeys_unavailable':
        return t`This Beep takes no passkeys.`
      case 'passkey_given_up':
        return t`No passkey was given. You can try again at any time.`
      case 'passkey_here':
      case 'passkey_known':
        return t`This device has a passkey for your account already.`
      case 'passkey_address':
        return t`Passkeys work only at the usual address of this Beep. Open it there.`
      case 'passkey_unsupported':
      case 'passkey_failed':
      case 'passkey_wrong':
        return t`Your browser could not do this with this device. Try another one.`
      case 'passkey_limit':
        return t`You have as many passkeys as there can be. Remove one first.`
      case 'credential_not_found':
        return t`It was removed already.`
      case 'link_expired':
        return t`This link is not valid any more.`
      default:
        return undefined
    }
  }
}
