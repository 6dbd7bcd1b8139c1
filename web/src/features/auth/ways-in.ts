import { i18n } from '@lingui/core'
import { useEffect, useState } from 'react'
import { answer, http } from '@/api/client'
import type { WaysIn } from '@/api/contract'
import { useAfter } from '@/design/Skeleton'
import { intended } from '@/features/invitations/intention'

const key = 'beep.ways_in'
/** As long as nothing is known, there is a form. */
const form: WaysIn = { items: [], password: true, passkeys: false, registration: true }
const patienceMs = 400

/**
 * How one can sign in here. What was answered the last time holds until there is an answer, so that nobody waits and nothing
 * jumps; null for a moment when this browser was never here.
 */
export function useWaysIn(): WaysIn | null {
  const [ways, setWays] = useState(remembered)
  const late = useAfter(patienceMs)
  useEffect(() => {
    answer(http.GET('/auth/providers')).then(
      (told) => {
        localStorage.setItem(key, JSON.stringify(told))
        setWays(told)
      },
      // Signing in will say what is wrong.
      () => setWays((known) => known ?? form),
    )
  }, [])
  return ways ?? (late ? form : null)
}

function remembered(): WaysIn | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return isWaysIn(stored) ? stored : null
  } catch {
    return null
  }
}

function isWaysIn(value: unknown): value is WaysIn {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)
}

/** Where a provider's page is begun, to come back to where one wanted to be. */
export function startOf(id: string): string {
  const code = intended()
  const query = new URLSearchParams({
    return_to: code ? `/invite/${code}` : wayBack(),
    language: i18n.locale,
  })
  return `/api/v1/auth/providers/${encodeURIComponent(id)}/start?${query}`
}

/** The address that one was sent away from to sign in. */
export function wayBack(): string {
  return typeof history.state === 'string' ? history.state : '/'
}

const kept = 'beep.return_to'

/** Keeps the way back while the browser is at another page: whoever comes back with an error still knows it. */
export function keepWayBack(): void {
  sessionStorage.setItem(kept, wayBack())
}

/** From now on, this is where signing in leads to; without an address, where one wanted to be before another page. */
export function setWayBack(path = sessionStorage.getItem(kept) ?? '/'): void {
  history.replaceState(path, '', location.pathname)
}
