import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Message } from '@/api/contract'
import { ApiProblem, networkProblem } from '@/api/problem'
import type { Upload } from '@/features/files/uploads'
import { applyEvent } from '@/state/apply-event'
import { emptyLog, withFirstPage } from '@/state/message-log'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleMe, sampleMessage, sampleUser } from '@/testing/samples'

interface Attempt {
  content: string
  nonce: string
  attachment_ids?: string[]
  spoiler_attachment_ids?: string[]
}

/** The imitated server: what it was sent, what it stored by nonce, and what befalls the next attempts. */
const server = {
  attempts: [] as Attempt[],
  stored: new Map<string, Message>(),
  mishaps: [] as ((attempt: Attempt) => void)[],
}

function store({ content, nonce }: Attempt): Message {
  const known = server.stored.get(nonce)
  if (known) return known
  const message = sampleMessage(server.stored.size + 1, { content, nonce, author: sampleUser('1') })
  server.stored.set(nonce, message)
  return message
}

vi.mock('@/api/client', () => ({
  answer: (outcome: Promise<unknown>) => outcome,
  http: {
    POST: async (_path: string, { body }: { body: Attempt }) => {
      server.attempts.push(body)
      server.mishaps.shift()?.(body)
      return store(body)
    },
  },
}))

const handed = { retried: [] as string[], renewed: [] as string[], removed: [] as string[] }

vi.mock('@/features/files/uploading', () => ({
  retryUploads: (keys: string[]) => handed.retried.push(...keys),
  renewUploads: (keys: string[]) => handed.renewed.push(...keys),
  removeUploads: (keys: string[]) => handed.removed.push(...keys),
}))

const { changeUpload, putInTray, takeTray, useUploads } = await import('@/features/files/uploads')
await import('@/features/files/uploading')
const { discardMessage, retryMessage, sendMessage, sendQueued } = await import('./sending')

const noAnswer = () => {
  throw networkProblem()
}
const answerLost = (attempt: Attempt) => {
  store(attempt)
  throw networkProblem()
}
const refused =
  (status: number, code: string, retryAfter: number | null = null) =>
  () => {
    throw new ApiProblem({ title: '', status, code }, retryAfter)
  }

const shown = () => useStore.getState().messages.c?.items.map((item) => item.content)
const waiting = () =>
  (useStore.getState().pending.c ?? []).map(({ content, state }) => `${content}: ${state}`)
const stored = () => [...server.stored.values()].map((message) => message.content)

beforeEach(() => {
  vi.useFakeTimers()
  Object.assign(server, { attempts: [], stored: new Map(), mishaps: [] })
  Object.assign(handed, { retried: [], renewed: [], removed: [] })
  const c = withFirstPage(emptyLog(), [], false)
  useStore.setState({ ...emptyState(), me: sampleMe('1'), messages: { c }, connection: 'live' })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('sending', () => {
  test('a message is seen at once, and once when it is confirmed', async () => {
    sendMessage('s', 'c', 'hello')
    expect(waiting()).toEqual(['hello: sending'])
    await vi.runAllTimersAsync()
    expect(waiting()).toEqual([])
    expect(shown()).toEqual(['hello'])
  })

  test('the event and the answer are the same message, whichever comes first', async () => {
    server.mishaps = [
      (attempt) => {
        const data = store(attempt)
        useStore.setState((state) => applyEvent(state, { type: 'message.created', data }))
      },
    ]
    sendMessage('s', 'c', 'hello')
    await vi.runAllTimersAsync()
    expect(waiting()).toEqual([])
    expect(shown()).toEqual(['hello'])
  })

  test('messages arrive in the order in which they were written, also when the first needs three attempts', async () => {
    server.mishaps = [noAnswer, noAnswer]
    for (const text of ['one', 'two', 'three']) sendMessage('s', 'c', text)
    await vi.runAllTimersAsync()
    expect(stored()).toEqual(['one', 'two', 'three'])
    expect(shown()).toEqual(['one', 'two', 'three'])
  })

  test('an answer that is lost does not double the message: all attempts have one nonce', async () => {
    server.mishaps = [answerLost, answerLost]
    sendMessage('s', 'c', 'once')
    await vi.runAllTimersAsync()
    expect(server.attempts).toHaveLength(3)
    expect(new Set(server.attempts.map(({ nonce }) => nonce)).size).toBe(1)
    expect(stored()).toEqual(['once'])
    expect(shown()).toEqual(['once'])
  })

  test('who is too fast waits as long as the server says', async () => {
    server.mishaps = [refused(429, 'rate_limited', 20)]
    sendMessage('s', 'c', 'hasty')
    await vi.advanceTimersByTimeAsync(19_000)
    expect(server.attempts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(shown()).toEqual(['hasty'])
  })

  test('without a connection it waits for as long as it takes, and goes out when it is back', async () => {
    useStore.setState({ connection: 'lost' })
    server.mishaps = Array.from({ length: 40 }, () => noAnswer)
    sendMessage('s', 'c', 'in the dark')
    sendMessage('s', 'c', 'and another')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(waiting()).toEqual(['in the dark: queued', 'and another: queued'])
    server.mishaps = []
    useStore.setState({ connection: 'live' })
    sendQueued()
    await vi.runAllTimersAsync()
    expect(shown()).toEqual(['in the dark', 'and another'])
  })
})

describe('a message that cannot be sent', () => {
  test('a refusal is final, says why, and holds nothing up', async () => {
    server.mishaps = [refused(403, 'missing_permission')]
    sendMessage('s', 'c', 'forbidden')
    sendMessage('s', 'c', 'allowed')
    await vi.runAllTimersAsync()
    expect(waiting()).toEqual(['forbidden: failed'])
    expect(useStore.getState().pending.c?.[0]?.problem).toBe('missing_permission')
    expect(shown()).toEqual(['allowed'])
  })

  test('one that failed four times waits for its author, who sends it again as the same message', async () => {
    server.mishaps = [noAnswer, noAnswer, noAnswer, answerLost]
    sendMessage('s', 'c', 'stubborn')
    await vi.runAllTimersAsync()
    expect(waiting()).toEqual(['stubborn: failed'])
    retryMessage('c', server.attempts[0]?.nonce ?? '')
    await vi.runAllTimersAsync()
    expect(server.attempts).toHaveLength(5)
    expect(stored()).toEqual(['stubborn'])
    expect(shown()).toEqual(['stubborn'])
    expect(waiting()).toEqual([])
  })

  test('its author can give it up', async () => {
    server.mishaps = [refused(422, 'invalid')]
    sendMessage('s', 'c', 'never mind')
    await vi.runAllTimersAsync()
    discardMessage('c', server.attempts[0]?.nonce ?? '')
    expect(waiting()).toEqual([])
    await vi.runAllTimersAsync()
    expect(server.attempts).toHaveLength(1)
  })
})

describe('a message with files', () => {
  const upload = (key: string, changes: Partial<Upload> = {}): Upload => ({
    key,
    serverId: 's',
    channelId: 'c',
    file: new File(['x'], key),
    name: key,
    size: 1,
    type: '',
    picture: null,
    isSpoiler: false,
    state: 'going',
    sent: 0,
    address: null,
    attachment: null,
    problem: null,
    ...changes,
  })
  const attachment = (id: string) => ({ id }) as Upload['attachment']
  const done = (key: string, id: string) =>
    changeUpload(key, (known) => ({ ...known, state: 'done', attachment: attachment(id) }))
  const send = (text: string, ...uploads: Upload[]) => {
    putInTray('c', uploads)
    sendMessage('s', 'c', text, null, takeTray('c'))
  }

  test('is sent when the last of them is uploaded, in their order, hidden as their author wished', async () => {
    send('', upload('a', { isSpoiler: true }), upload('b'))
    await vi.runAllTimersAsync()
    expect(waiting()).toEqual([': uploading'])
    done('b', '20')
    await vi.runAllTimersAsync()
    expect(server.attempts).toEqual([])
    done('a', '10')
    await vi.runAllTimersAsync()
    expect(server.attempts).toMatchObject([
      { content: '', attachment_ids: ['10', '20'], spoiler_attachment_ids: ['10'] },
    ])
    expect(waiting()).toEqual([])
    expect(useUploads.getState().byKey).toEqual({})
  })

  test('lets others pass', async () => {
    send('slow', upload('a'))
    sendMessage('s', 'c', 'quick')
    await vi.runAllTimersAsync()
    expect(stored()).toEqual(['quick'])
    done('a', '10')
    await vi.runAllTimersAsync()
    expect(stored()).toEqual(['quick', 'slow'])
  })

  test('waits for its author when one of them failed, and uploads it again', async () => {
    send('look', upload('a'))
    changeUpload('a', (known) => ({ ...known, state: 'failed', problem: 'attachment_quota_exceeded' }))
    expect(waiting()).toEqual(['look: failed'])
    const nonce = useStore.getState().pending.c?.[0]?.nonce ?? ''
    expect(useStore.getState().pending.c?.[0]?.problem).toBe('attachment_quota_exceeded')
    changeUpload('a', (known) => ({ ...known, state: 'waiting', problem: null }))
    retryMessage('c', nonce)
    await vi.runAllTimersAsync()
    expect(handed.retried).toEqual(['a'])
    done('a', '10')
    await vi.runAllTimersAsync()
    expect(stored()).toEqual(['look'])
  })

  test('of which the server has forgotten one uploads all anew', async () => {
    server.mishaps = [refused(404, 'attachment_not_found')]
    send('late', upload('a', { state: 'done', attachment: attachment('10') }))
    await vi.runAllTimersAsync()
    expect(waiting()).toEqual(['late: failed'])
    retryMessage('c', useStore.getState().pending.c?.[0]?.nonce ?? '')
    await vi.runAllTimersAsync()
    expect(handed.renewed).toEqual(['a'])
  })

  test('that is given up takes its files with it', async () => {
    send('never mind', upload('a'))
    discardMessage('c', useStore.getState().pending.c?.[0]?.nonce ?? '')
    await vi.runAllTimersAsync()
    expect(handed.removed).toEqual(['a'])
    expect(waiting()).toEqual([])
    expect(server.attempts).toEqual([])
  })
})
