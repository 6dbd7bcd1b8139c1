import { describe, expect, test } from 'vitest'
import { createTransport, type Renewal } from './transport'

type Reply = Response | 'no answer'

/** A transport whose requests meet these replies, one after the other; the last one stays. */
function transportMeeting(replies: Reply[], renewal: Renewal = 'renewed') {
  const seen = { requests: [] as Request[], waits: [] as number[], renewals: 0, signedOut: 0 }
  const transport = createTransport({
    fetch: async (request) => {
      const reply = replies[Math.min(seen.requests.length, replies.length - 1)]
      seen.requests.push(request)
      if (!reply || reply === 'no answer') throw new TypeError('Failed to fetch')
      return reply.clone()
    },
    cookie: (name) => (name === 'beep_csrf' ? 'token' : undefined),
    refresh: async () => {
      seen.renewals += 1
      return renewal
    },
    wait: async (milliseconds) => {
      seen.waits.push(milliseconds)
    },
    onSignedOut: () => {
      seen.signedOut += 1
    },
  })
  return { transport, seen }
}

const answered = (status: number, headers: Record<string, string> = {}) =>
  new Response(status === 204 ? null : '{}', { status, headers })
const read = () => new Request('http://beep.test/api/v1/users/@me')
const write = (path = '/api/v1/servers') =>
  new Request(`http://beep.test${path}`, { method: 'POST', body: '{}' })

describe('reads', () => {
  test.each([502, 503, 504])('are repeated after %i', async (status) => {
    const { transport, seen } = transportMeeting([answered(status), 'no answer', answered(200)])
    expect((await transport(read())).status).toBe(200)
    expect(seen.waits).toEqual([300, 1_200])
  })

  test('that get no answer three times fail as a problem of the network', async () => {
    const { transport, seen } = transportMeeting(['no answer'])
    await expect(transport(read())).rejects.toMatchObject({ code: 'network' })
    expect(seen.requests).toHaveLength(3)
  })

  test('wait as long as a rate limit says, unless that is long', async () => {
    const soon = transportMeeting([answered(429, { 'Retry-After': '2' }), answered(200)])
    expect((await soon.transport(read())).status).toBe(200)
    expect(soon.seen.waits).toEqual([2_000])
    const late = transportMeeting([answered(429, { 'Retry-After': '60' })])
    expect((await late.transport(read())).status).toBe(429)
    expect(late.seen.waits).toEqual([])
  })

  test.each([200, 403, 404, 500])('are not repeated after %i', async (status) => {
    const { transport, seen } = transportMeeting([answered(status)])
    expect((await transport(read())).status).toBe(status)
    expect(seen.requests).toHaveLength(1)
  })
})

describe('writes', () => {
  test('are never repeated: only their caller knows whether that is safe', async () => {
    const refused = transportMeeting([answered(503)])
    expect((await refused.transport(write())).status).toBe(503)
    expect(refused.seen.requests).toHaveLength(1)
    const lost = transportMeeting(['no answer'])
    await expect(lost.transport(write())).rejects.toMatchObject({ code: 'network' })
    expect(lost.seen.requests).toHaveLength(1)
  })

  test('carry the token against forged requests, reads do not', async () => {
    const { transport, seen } = transportMeeting([answered(200)])
    await transport(write())
    await transport(read())
    expect(seen.requests.map((request) => request.headers.get('X-CSRF-Token'))).toEqual(['token', null])
  })
})

describe('an access token that has run out', () => {
  test('is renewed once, and the request repeated', async () => {
    const { transport, seen } = transportMeeting([answered(401), answered(200)])
    expect((await transport(write())).status).toBe(200)
    expect(seen.renewals).toBe(1)
  })

  test('of a session that has ended signs out', async () => {
    const { transport, seen } = transportMeeting([answered(401)], 'ended')
    expect((await transport(read())).status).toBe(401)
    expect(seen.signedOut).toBe(1)
  })

  test('says nothing about the session while the server cannot be reached', async () => {
    const { transport, seen } = transportMeeting([answered(401)], 'unreachable')
    await expect(transport(read())).rejects.toMatchObject({ code: 'network' })
    expect(seen.signedOut).toBe(0)
  })

  test.each(['login', 'register', 'password/reset', 'email/verify'])(
    'is not what a refusal of %s is',
    async (path) => {
      const { transport, seen } = transportMeeting([answered(401)])
      await transport(write(`/api/v1/auth/${path}`))
      expect(seen.renewals).toBe(0)
    },
  )
})
