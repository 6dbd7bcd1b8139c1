import type { PasskeyAnswer } from '@/api/contract'
import { ApiProblem } from '@/api/problem'

/** What a browser calls by names of its own, as problems of ours. */
const faults: Record<string, string> = {
  NotAllowedError: 'passkey_given_up',
  AbortError: 'passkey_given_up',
  InvalidStateError: 'passkey_here',
  SecurityError: 'passkey_address',
  NotSupportedError: 'passkey_unsupported',
}

/** Whether this browser can be asked for passkeys in the words of the server. */
export function canUsePasskeys(): boolean {
  return (
    typeof PublicKeyCredential === 'function' &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function' &&
    typeof PublicKeyCredential.prototype.toJSON === 'function'
  )
}

/** Makes a passkey with a device; its owner is asked. Gives what the server is told. */
export function makePasskey(options: object): Promise<PasskeyAnswer> {
  return told(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        options as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  )
}

/** Whether this browser can offer passkeys among what it fills a field with. */
export async function canOfferPasskeys(): Promise<boolean> {
  if (typeof PublicKeyCredential.isConditionalMediationAvailable !== 'function') return false
  return PublicKeyCredential.isConditionalMediationAvailable().catch(() => false)
}

/**
 * Has a device show one of its passkeys; its owner is asked. Where it is offered in a field, it lasts until they choose one.
 * Gives what the server is told.
 */
export function showPasskey(
  options: object,
  signal: AbortSignal,
  offered: boolean = false,
): Promise<PasskeyAnswer> {
  return told(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        options as PublicKeyCredentialRequestOptionsJSON,
      ),
      ...(offered ? { mediation: 'conditional' } : {}),
      signal,
    }),
  )
}

/** What the browser and the server know the passkey by that a device has made or shown. */
export function passkeyId(credential: PasskeyAnswer): string {
  return 'id' in credential ? String(credential.id) : ''
}

/**
 * Tells the browser that nobody has a passkey any more, so that it offers it no more. Where it cannot be told, or does not
 * want to know, the passkey stays as it is.
 */
export async function forgetPasskey(credentialId: string): Promise<void> {
  try {
    await PublicKeyCredential.signalUnknownCredential?.({ rpId: location.hostname, credentialId })
  } catch {
    // Nobody has asked for this, and nobody misses it.
  }
}

/** Whether it is no fault of anybody: who was asked did not want to, or was not there. */
export function isGivenUp(problem: ApiProblem): boolean {
  return problem.code === 'passkey_given_up'
}

async function told(ask: () => Promise<Credential | null>): Promise<PasskeyAnswer> {
  try {
    const credential = await ask()
    // No "instanceof": programs that keep passwords answer in place of the browser, with objects of their own.
    if (credential) return (credential as PublicKeyCredential).toJSON() as object as PasskeyAnswer
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    throw passkeyProblem(faults[name] ?? 'passkey_failed')
  }
  throw passkeyProblem('passkey_failed')
}

function passkeyProblem(code: string): ApiProblem {
  return new ApiProblem({ title: 'No passkey', status: 0, code })
}
