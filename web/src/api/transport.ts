import { networkProblem } from './problem'

/** How renewing the session went; `unreachable` says nothing about the session. */
export type Renewal = 'renewed' | 'ended' | 'unreachable'

/** Everything the transport needs from the browser, so that tests need none. */
export interface TransportParts {
  fetch: (request: Request) => Promise<Response>
  /** The value of a cookie that scripts may read. */
  cookie: (name: string) => string | undefined
  refresh: () => Promise<Renewal>
  wait: (milliseconds: number) => Promise<void>
  /** Called when a request was refused and the session cannot be renewed. */
  onSignedOut: () => void
}

const unsafeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const idempotentMethods = new Set(['GET', 'HEAD'])
const passingStatuses = new Set([502, 503, 504])
const retryDelays = [300, 1200]
const longestRetryAfterMs = 5_000

/**
 * A `fetch` that adds the CSRF header, renews the session once after a 401 and repeats reads that met a passing
 * failure. Writes are never repeated here: only their caller knows whether that is safe.
 */
export function createTransport(parts: TransportParts): (request: Request) => Promise<Response> {
  return async (request) => {
    const first = await attempt(parts, request)
    if (first.status !== 401 || isAboutSigningIn(request)) return first
    const renewal = await parts.refresh()
    if (renewal === 'renewed') return attempt(parts, request)
    if (renewal === 'unreachable') throw networkProblem()
    parts.onSignedOut()
    return first
  }
}

async function attempt(parts: TransportParts, request: Request): Promise<Response> {
  const delays = idempotentMethods.has(request.method) ? retryDelays : []
  for (const delay of delays) {
    const response = await once(parts, request).catch(() => null)
    const pause = response ? pauseAfter(response, delay) : delay
    if (response && pause === null) return response
    if (request.signal.aborted) break
    await parts.wait(pause ?? delay)
  }
  return once(parts, request)
}

/** Milliseconds before a read is repeated; null when its answer stands. Nobody is made to wait long for a rate limit. */
function pauseAfter(response: Response, delay: number): number | null {
  if (passingStatuses.has(response.status)) return delay
  if (response.status !== 429) return null
  const asked = Number(response.headers.get('Retry-After') ?? 0) * 1_000
  return asked <= longestRetryAfterMs ? Math.max(asked, delay) : null
}

async function once(parts: TransportParts, request: Request): Promise<Response> {
  const copy = request.clone()
  const token = parts.cookie('beep_csrf')
  if (token && unsafeMethods.has(copy.method)) copy.headers.set('X-CSRF-Token', token)
  try {
    return await parts.fetch(copy)
  } catch (error) {
    if (request.signal.aborted) throw error
    throw networkProblem()
  }
}

function isAboutSigningIn(request: Request): boolean {
  return /\/auth\/(?!logout$)/.test(new URL(request.url).pathname)
}
