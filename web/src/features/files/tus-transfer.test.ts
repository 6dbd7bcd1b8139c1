import type { UploadOptions } from 'tus-js-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Renewal } from '@/api/transport'
import type { Upload } from './uploads'

/** The library as it is driven here: what it was given, and how often it was begun and broken off. */
const tus = { options: {} as UploadOptions, url: null as string | null, starts: 0, aborts: 0 }
const server = { renewal: 'renewed' as Renewal, known: true }

class DetailedError extends Error {
  readonly originalResponse: unknown
  constructor(status: number, body: string, headers: Record<string, string> = {}) {
    super(body)
    const getHeader = (name: string) => headers[name]
    this.originalResponse = { getStatus: () => status, getBody: () => body, getHeader }
  }
}

vi.stubGlobal('location', { origin: 'https://beep.example' })
vi.mock('tus-js-client', () => ({
  DetailedError,
  Upload: class {
    constructor(_file: File, options: UploadOptions) {
      tus.options = options
    }
    get url() {
      return tus.url
    }
    start() {
      tus.starts += 1
    }
    async abort() {
      tus.aborts += 1
    }
  },
}))
vi.mock('@/api/client', () => ({
  readCookie: (name: string) => `value of ${name}`,
  refreshSession: async () => server.renewal,
}))
vi.mock('./calls', () => ({
  uploadAddress: () => 'https://beep.example/attachments',
  fetchAttachment: async (_place: unknown, id: string) => {
    if (!server.known) throw new Error('no answer')
    return { id }
  },
}))

const { openTransfer } = await import('./tus-transfer')

const reports = {
  onOpened: vi.fn(),
  onMoved: vi.fn(),
  onArrived: vi.fn(),
  onBroken: vi.fn(),
  onFinished: vi.fn(),
}
const upload = { file: new File(['x'.repeat(100)], 'a'), name: 'a', size: 100, type: '', address: null }
const begin = () => {
  const transfer = openTransfer(upload as Upload, reports)
  transfer.start()
  return transfer
}
const fail = async (error: Error) => {
  tus.options.onError?.(error)
  await vi.advanceTimersByTimeAsync(0)
}
const unauthorised = () => new DetailedError(401, '{"code":"unauthenticated","status":401,"title":""}')
const problem = () => reports.onBroken.mock.lastCall?.[0]

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(tus, { url: null, starts: 0, aborts: 0 })
  Object.assign(server, { renewal: 'renewed', known: true })
  for (const report of Object.values(reports)) report.mockClear()
})

afterEach(() => {
  vi.useRealTimers()
})

test('every request carries what proves that it comes from the client', async () => {
  begin()
  const headers: Record<string, string> = {}
  const request = { setHeader: (name: string, value: string) => Object.assign(headers, { [name]: value }) }
  await tus.options.onBeforeRequest?.(
    request as unknown as Parameters<NonNullable<UploadOptions['onBeforeRequest']>>[0],
  )
  expect(headers).toEqual({ 'X-CSRF-Token': 'value of beep_csrf' })
})

test('what is uploaded is told of once the server has looked at it', async () => {
  begin()
  tus.url = 'https://beep.example/attachments/20'
  tus.options.onUploadUrlAvailable?.()
  expect(reports.onOpened).toHaveBeenCalledWith('https://beep.example/attachments/20')
  tus.options.onSuccess?.({} as Parameters<NonNullable<UploadOptions['onSuccess']>>[0])
  await vi.advanceTimersByTimeAsync(0)
  expect(reports.onFinished).toHaveBeenCalledWith({ id: '20' })
})

test('an answer that is lost in the end is no end', async () => {
  server.known = false
  begin()
  tus.options.onSuccess?.({} as Parameters<NonNullable<UploadOptions['onSuccess']>>[0])
  await vi.advanceTimersByTimeAsync(0)
  expect(problem().isNetwork).toBe(true)
})

describe('a session that runs out meanwhile', () => {
  test('is renewed, and the upload goes on', async () => {
    begin()
    await fail(unauthorised())
    expect(tus.starts).toBe(2)
    expect(reports.onBroken).not.toHaveBeenCalled()
  })

  test('is renewed once, unless pieces arrive', async () => {
    begin()
    await fail(unauthorised())
    tus.options.onChunkComplete?.(10, 10, 100)
    await fail(unauthorised())
    expect(tus.starts).toBe(3)
    await fail(unauthorised())
    expect(tus.starts).toBe(3)
    expect(problem().status).toBe(401)
  })

  test('ends the upload when it cannot be renewed, and not when nobody answers', async () => {
    server.renewal = 'ended'
    begin()
    await fail(unauthorised())
    expect(problem().status).toBe(401)
    server.renewal = 'unreachable'
    begin()
    await fail(unauthorised())
    expect(problem().isNetwork).toBe(true)
  })

  test('does not bring back what was stopped', async () => {
    const transfer = begin()
    tus.options.onError?.(unauthorised())
    transfer.stop()
    await vi.advanceTimersByTimeAsync(0)
    expect(tus.starts).toBe(1)
  })
})

describe('what goes wrong', () => {
  test('is told by the code of the server, and when to try again', async () => {
    begin()
    await fail(
      new DetailedError(429, '{"code":"rate_limited","status":429,"title":""}', { 'Retry-After': '7' }),
    )
    expect(problem()).toMatchObject({ code: 'rate_limited', status: 429, retryAfter: 7 })
  })

  test('is a line that broke when nobody answered', async () => {
    begin()
    await fail(new Error('cut'))
    expect(problem().isNetwork).toBe(true)
    await fail(new DetailedError(0, ''))
    expect(problem().isNetwork).toBe(true)
  })

  test('may also be silence', async () => {
    begin()
    await vi.advanceTimersByTimeAsync(29_000)
    tus.options.onProgress?.(50, 100)
    await vi.advanceTimersByTimeAsync(29_000)
    expect(tus.aborts).toBe(0)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(tus.aborts).toBe(1)
    expect(problem().isNetwork).toBe(true)
  })

  test('is not that the server takes its time to read what it has', async () => {
    begin()
    tus.options.onProgress?.(100, 100)
    await vi.advanceTimersByTimeAsync(119_000)
    expect(reports.onBroken).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(reports.onBroken).toHaveBeenCalled()
  })
})
