import createClient from 'openapi-fetch'
import type { paths } from './contract'
import { problemFrom } from './problem'
import { createTransport, type Renewal } from './transport'

const base = '/api/v1'
const refreshedKey = 'beep.refreshed_at'
/** Without an answer after this time a read counts as lost, and is repeated. */
const readWithinMs = 10_000
/** The same for what writes; long enough for a picture on a slow line. */
const writtenWithinMs = 30_000
/** A refresh by another tab within this time counts as ours. */
const sharedRefreshMs = 5_000

let signedOut: () => void = () => {}

/** Sets what happens when the session has ended under the client. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

/** The value of a cookie that scripts may read. */
export function readCookie(name: string): string | undefined {
  const prefix = `${name}=`
  const pair = document.cookie.split('; ').find((entry) => entry.startsWith(prefix))
  return pair?.slice(prefix.length)
}

let refreshing: Promise<Renewal> | null = null

/**
 * Renews the session; callers at the same time share one attempt, and so do tabs: refresh tokens work once, and
 * the server ends a session whose token is used twice.
 */
export function refreshSession(): Promise<Renewal> {
  refreshing ??= refreshAcrossTabs().finally(() => {
    refreshing = null
  })
  return refreshing
}

async function refreshAcrossTabs(): Promise<Renewal> {
  const asked = Date.now()
  if (!navigator.locks) return refreshNow()
  return navigator.locks.request('beep.refresh', async () => {
    const last = Number(localStorage.getItem(refreshedKey) ?? 0)
    if (last > asked - sharedRefreshMs && last <= Date.now()) return 'renewed'
    return refreshNow()
  })
}

async function refreshNow(): Promise<Renewal> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' }
  const token = readCookie('beep_csrf')
  if (token) headers['X-CSRF-Token'] = token
  try {
    const response = await fetch(`${base}/auth/refresh`, { method: 'POST', headers, body: '{}' })
    if (response.ok) localStorage.setItem(refreshedKey, String(Date.now()))
    if (response.ok) return 'renewed'
    return response.status < 500 && response.status !== 429 ? 'ended' : 'unreachable'
  } catch {
    return 'unreachable'
  }
}

const transport = createTransport({
  fetch: (request) => {
    const within = request.method === 'GET' ? readWithinMs : writtenWithinMs
    return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(within)]) })
  },
  cookie: readCookie,
  refresh: refreshSession,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  onSignedOut: () => signedOut(),
})

/** The typed client; paths are those of the contract. Wrap calls in {@link answer}. */
export const http = createClient<paths>({
  baseUrl: base,
  fetch: transport,
})

interface Outcome<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The body of a successful answer; throws an `ApiProblem` otherwise. */
export async function answer<Data>(outcome: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await outcome
  if (!response.ok) throw problemFrom(response, error)
  return data as Data
}

/** Sends a picture as the multipart part `file`. */
export async function upload<Data>(path: string, file: Blob): Promise<Data> {
  const body = new FormData()
  body.set('file', file)
  const response = await transport(new Request(`${base}${path}`, { method: 'PUT', body }))
  const parsed: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemFrom(response, parsed)
  return parsed as Data
}
