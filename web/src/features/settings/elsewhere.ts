import { useLingui } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { answer, http } from '@/api/client'
import type { Security } from '@/api/contract'
import type { ApiProblem } from '@/api/problem'
import { asProblem } from '@/api/problem'
import { toast } from '@/design/toasts'
import { useAccountProblemText } from '@/features/auth/account-problems'
import { type Outcome, outcomeIn, type Purpose, purposeIn } from './outcome'

/** What can be done at the page of the identity manager. */
export interface Action {
  action:
    | 'set_up_totp'
    | 'add_security_key'
    | 'add_passkey'
    | 'set_up_recovery_codes'
    | 'remove'
    | 'link_provider'
    | 'sign_in_again'
  credential_id?: string
  provider_id?: string
}

/** Whether the owner shows who they are by signing in once more at another page, and not by their password here. */
export function signsInAgain(security: Security): boolean {
  return security.proof === 'sign_in_again'
}

/** Goes to the page of the identity manager, which comes back to where it was needed. */
export function useElsewhere(purpose: Purpose) {
  const problemText = useManagedProblemText()
  const [pending, setPending] = useState(false)

  async function go(action: Action) {
    if (pending) return
    setPending(true)
    try {
      const section = purpose === 'email' || purpose === 'deletion' ? 'account' : 'security'
      const body = { ...action, return_to: `/settings/${section}?for=${encodeURIComponent(purpose)}` }
      const { location } = await answer(http.POST('/users/@me/security/actions', { body }))
      window.location.assign(location)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
      setPending(false)
    }
  }

  return { pending, go: (action: Action) => void go(action) }
}

/** Says how it went at the page that one went to for this purpose, and comes back from. */
export function useComingBack(purpose: Purpose, onConfirmed: () => void): void {
  const outcomeText = useOutcomeText()
  useEffect(() => {
    const outcome = outcomeIn(window.location.search)
    if (!outcome || purposeIn(window.location.search) !== purpose) return
    // Once, and not again when the page is loaded anew.
    window.history.replaceState(window.history.state, '', window.location.pathname)
    if (outcome === 'confirmed') onConfirmed()
    else toast(outcomeText(outcome), outcome === 'changed' || outcome === 'unchanged' ? undefined : 'danger')
  }, [purpose, onConfirmed, outcomeText])
}

function useOutcomeText(): (outcome: Outcome) => string {
  const { t } = useLingui()
  return (outcome) => {
    switch (outcome) {
      case 'changed':
        return t`How you sign in is changed.`
      case 'another_account':
        return t`You signed in as somebody else there, so nothing was changed. Try again, with this account.`
      case 'linked_elsewhere':
        return t`That account opens another account here already, so it was not linked. Unlink it from that one first.`
      case 'failed':
        return t`That did not work. Try again.`
      default:
        return t`Nothing was changed.`
    }
  }
}

/** Puts refusals of an identity manager into words. */
export function useManagedProblemText(): (problem: ApiProblem) => string {
  const { t } = useLingui()
  const usual = useAccountProblemText()
  return (problem) => {
    switch (problem.code) {
      case 'sign_in_again_required':
        return t`Too much time has passed. Close this and begin again.`
      case 'kept_elsewhere':
        return t`Your school or company keeps this. Change it there.`
      case 'last_way_in':
        return t`Without it you could not sign in any more. Set a password or add a passkey first.`
      case 'provider_linked':
      case 'provider_not_found':
        return t`This was changed elsewhere meanwhile. Load the page again.`
      case 'identity_unavailable':
        return t`Signing in cannot be changed at the moment. Try again soon.`
      default:
        return usual(problem)
    }
  }
}
