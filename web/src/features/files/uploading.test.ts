import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Attachment } from '@/api/contract'
import { ApiProblem, networkProblem } from '@/api/problem'
import { emptyState } from '@/state/model'
import { useStore } from '@/state/store'
import { sampleMe } from '@/testing/samples'
import { stubSessionStorage } from '@/testing/session-storage'
import type { KeptUpload } from './kept-uploads'
import type { Reports } from './tus-transfer'
import type { Upload } from './uploads'

interface Opened {
  upload: Upload
  reports: Reports
  starts: number
  stops: number
}

/** Every transfer that was opened, by the name of its file. */
const opened = new Map<string, Opened>()
const discarded: string[] = []
/** What the browser keeps over a reload, by the name of its file; and what it kept before this one. */
const kept = new Map<string, Upload>()
const before: KeptUpload[] = []
/** Attachments that the server knows as unsent. */
const unsent = new Set<string>()
const limits = { bytes: 1_000, count: 10 }

vi.stubGlobal('window', new EventTarget())
const session = stubSessionStorage()
vi.mock('./calls', () => ({
  fetchLimits: async () => limits,
  fetchAttachment: async (_place: unknown, id: string) => {
    if (!unsent.has(id)) throw new ApiProblem({ title: '', status: 404, code: 'attachment_not_found' })
    return { id }
  },
  discardAttachment: async (_place: unknown, id: string) => void discarded.push(id),
}))
vi.mock('./kept-uploads', () => ({
  keepUpload: (upload: Upload) => kept.set(upload.name, upload),
  keepProgress: (upload: Upload) => kept.set(upload.name, upload),
  forgetUpload: (key: string) => {
    for (const [name, upload] of kept) if (upload.key === key) kept.delete(name)
  },
  keptUploads: async () => [...before],
}))
vi.mock('./picture-of', () => ({ pictureOf: async () => null }))
vi.mock('./tus-transfer', () => ({
  openTransfer: (upload: Upload, reports: Reports) => {
    const transfer = { upload, reports, starts: 0, stops: 0 }
    opened.set(upload.name, transfer)
    return {
      start: () => {
        transfer.starts += 1
      },
      stop: () => {
        transfer.stops += 1
      },
    }
  },
}))

const { addFiles, removeUploads, renewUploads, retryUploads } = await import('./uploading')
const { takeTray, useUploads } = await import('./uploads')
const { draftIn } = await import('@/features/messages/drafts/drafts')

const file = (name: string, size = 100) => new File(['x'.repeat(size)], name)
/** What is fetched to upload is there. */
const settle = async () => {
  await vi.dynamicImportSettled()
  await vi.advanceTimersByTimeAsync(0)
}
const add = async (...names: string[]) => {
  await addFiles('s', 'c', { files: names.map((name) => file(name)), folders: [] })
  await settle()
}
const transfer = (name: string): Opened => {
  const found = opened.get(name)
  if (!found) throw new Error(`${name} is not being uploaded`)
  return found
}
const states = () => Object.values(useUploads.getState().byKey).map(({ name, state }) => `${name}: ${state}`)
const keyOf = (name: string) =>
  Object.values(useUploads.getState().byKey).find((upload) => upload.name === name)?.key ?? ''
const attachment = (id: string) => ({ id }) as Attachment
const refused = (status: number, code: string, retryAfter: number | null = null) =>
  new ApiProblem({ title: '', status, code }, retryAfter)

beforeEach(() => {
  vi.useFakeTimers()
  useStore.setState({ ...emptyState(), me: sampleMe('1'), connection: 'live' })
})

afterEach(() => {
  // Whoever signs out leaves nothing behind.
  useStore.setState({ me: null })
  opened.clear()
  discarded.length = 0
  before.length = 0
  kept.clear()
  unsent.clear()
  for (const key of [...session.keys()]) sessionStorage.removeItem(key)
  vi.useRealTimers()
})

describe('uploads', () => {
  test('begin at once, three at a time, in their order', async () => {
    await add('a', 'b', 'c', 'd')
    expect(states()).toEqual(['a: going', 'b: going', 'c: going', 'd: waiting'])
    transfer('b').reports.onFinished(attachment('20'))
    await settle()
    expect(states()).toEqual(['a: going', 'b: done', 'c: going', 'd: going'])
  })

  test('stand in the composer of their channel until they are taken', async () => {
    await add('a', 'b')
    expect(useUploads.getState().trays.c).toHaveLength(2)
    expect(takeTray('c')).toEqual([keyOf('a'), keyOf('b')])
    expect(useUploads.getState().trays.c).toBeUndefined()
    expect(states()).toEqual(['a: going', 'b: going'])
  })

  test('that are refused before they begin are told of', async () => {
    await addFiles('s', 'c', { files: [file('big', 1_001), file('a')], folders: ['src'] })
    expect(useUploads.getState().refusals.c).toEqual([
      { reason: 'folder', name: 'src' },
      { reason: 'too_large', name: 'big', most: 1_000 },
    ])
    expect(states()).toEqual(['a: going'])
  })

  test('tell how far they are, and no more than there is', async () => {
    await add('a')
    transfer('a').reports.onMoved(40)
    expect(useUploads.getState().byKey[keyOf('a')]?.sent).toBe(40)
    transfer('a').reports.onMoved(400)
    expect(useUploads.getState().byKey[keyOf('a')]?.sent).toBe(100)
  })
})

describe('a line that breaks', () => {
  test('pauses an upload, which goes on by itself, after longer and longer', async () => {
    await add('a')
    for (const wait of [1_000, 2_000, 4_000]) {
      transfer('a').reports.onBroken(networkProblem())
      expect(states()).toEqual(['a: paused'])
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(states()).toEqual(['a: paused'])
      await vi.advanceTimersByTimeAsync(1)
      expect(states()).toEqual(['a: going'])
    }
    expect(transfer('a').starts).toBe(4)
  })

  test('is tried for as long as it takes', async () => {
    await add('a')
    for (let time = 0; time < 50; time += 1) {
      transfer('a').reports.onBroken(networkProblem())
      expect(states()).toEqual(['a: paused'])
      await vi.advanceTimersByTimeAsync(30_000)
    }
    expect(states()).toEqual(['a: going'])
  })

  test('lets uploads go on at once when the network is back, or the gateway', async () => {
    await add('a')
    transfer('a').reports.onBroken(networkProblem())
    window.dispatchEvent(new Event('online'))
    await settle()
    expect(states()).toEqual(['a: going'])

    transfer('a').reports.onBroken(networkProblem())
    useStore.setState({ connection: 'lost' })
    useStore.setState({ connection: 'live' })
    await settle()
    expect(states()).toEqual(['a: going'])
    expect(transfer('a').starts).toBe(3)
  })

  test('gives its place to another meanwhile', async () => {
    await add('a', 'b', 'c', 'd')
    transfer('a').reports.onBroken(networkProblem())
    await settle()
    expect(states()).toEqual(['a: paused', 'b: going', 'c: going', 'd: going'])
  })

  test('is waited for as long as the server says', async () => {
    await add('a')
    transfer('a').reports.onBroken(refused(429, 'rate_limited', 20))
    await vi.advanceTimersByTimeAsync(19_999)
    expect(states()).toEqual(['a: paused'])
    await vi.advanceTimersByTimeAsync(1)
    expect(states()).toEqual(['a: going'])
  })
})

describe('a server that', () => {
  test('refuses ends an upload, which its author can try again', async () => {
    await add('a')
    transfer('a').reports.onBroken(refused(413, 'attachment_quota_exceeded'))
    expect(states()).toEqual(['a: failed'])
    expect(useUploads.getState().byKey[keyOf('a')]?.problem).toBe('attachment_quota_exceeded')
    await vi.advanceTimersByTimeAsync(100_000)
    expect(states()).toEqual(['a: failed'])
    retryUploads([keyOf('a')])
    await settle()
    expect(states()).toEqual(['a: going'])
    expect(useUploads.getState().byKey[keyOf('a')]?.problem).toBeNull()
  })

  test('is in trouble is given up after some attempts in vain, but not while pieces arrive', async () => {
    await add('a')
    const fail = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        transfer('a').reports.onBroken(refused(500, 'internal'))
        await vi.advanceTimersByTimeAsync(30_000)
      }
    }
    await fail(8)
    transfer('a').reports.onArrived()
    await fail(8)
    expect(states()).toEqual(['a: going'])
    await fail(1)
    expect(states()).toEqual(['a: failed'])
  })

  test('has forgotten an upload gets it anew', async () => {
    await add('a')
    transfer('a').reports.onOpened('https://beep.example/attachments/20')
    transfer('a').reports.onFinished(attachment('20'))
    renewUploads([keyOf('a')])
    await settle()
    expect(states()).toEqual(['a: going'])
    expect(transfer('a').upload.address).toBeNull()
  })
})

describe('what is removed', () => {
  test('is stopped, forgotten here and on the server, and makes room', async () => {
    await add('a', 'b', 'c', 'd')
    transfer('a').reports.onOpened('https://beep.example/attachments/20')
    removeUploads([keyOf('a')])
    await settle()
    expect(states()).toEqual(['b: going', 'c: going', 'd: going'])
    expect(useUploads.getState().trays.c).toHaveLength(3)
    expect(transfer('a').stops).toBe(1)
    expect(discarded).toEqual(['20'])
  })

  test('does not come back with what is told of it late', async () => {
    await add('a')
    const { reports } = transfer('a')
    removeUploads([keyOf('a')])
    reports.onFinished(attachment('20'))
    reports.onBroken(networkProblem())
    await vi.advanceTimersByTimeAsync(100_000)
    expect(states()).toEqual([])
  })

  test('goes with whoever signs out', async () => {
    await add('a')
    useStore.setState({ me: null })
    expect(states()).toEqual([])
    expect(transfer('a').stops).toBe(1)
  })
})

describe('a reload of the page', () => {
  const upload = (name: string, changes: Partial<KeptUpload> = {}): KeptUpload => ({
    key: name,
    serverId: 's',
    channelId: 'c',
    file: file(name),
    isSpoiler: false,
    address: null,
    attachment: null,
    ...changes,
  })
  /** A message with these files was on its way. */
  const writing = (files: string[]) => {
    const place = { serverId: 's', channelId: 'c', content: 'with files', replyTo: null, files }
    const sent = { nonce: 'n', createdAt: new Date().toISOString(), state: 'sending', problem: null }
    sessionStorage.setItem('beep.sending.2', JSON.stringify([{ ...place, ...sent }]))
  }
  const signIn = async () => {
    useStore.setState({ me: sampleMe('2') })
    await settle()
  }

  test('is outlived by what is kept, and by nothing else', async () => {
    await add('a', 'b')
    transfer('a').reports.onOpened('https://beep.example/attachments/20')
    transfer('b').reports.onFinished(attachment('30'))
    expect(kept.get('a')?.address).toBe('https://beep.example/attachments/20')
    expect(kept.get('b')?.attachment?.id).toBe('30')
    removeUploads([keyOf('a')])
    expect([...kept.keys()]).toEqual(['b'])
  })

  test('goes on with what had begun, where it was, in its channel', async () => {
    before.push(upload('a', { address: 'https://beep.example/attachments/20', isSpoiler: true }))
    await signIn()
    expect(states()).toEqual(['a: going'])
    expect(transfer('a').upload).toMatchObject({
      address: 'https://beep.example/attachments/20',
      isSpoiler: true,
    })
    expect(useUploads.getState().trays.c).toEqual(['a'])
  })

  test('goes on with what a message waits for, which is in no composer', async () => {
    writing(['a', 'b'])
    // One may have been sent, which the server knows by the message's nonce.
    before.push(upload('a', { attachment: attachment('10') }), upload('b'), upload('c'))
    await signIn()
    expect(states()).toEqual(['a: done', 'b: going', 'c: going'])
    expect(useUploads.getState().trays.c).toEqual(['c'])
    expect(useStore.getState().pending.c?.map(({ state }) => state)).toEqual(['uploading'])
  })

  test('gives a message back of which a file is lost, and what is left of its files', async () => {
    writing(['a', 'lost'])
    before.push(upload('a'))
    await signIn()
    expect(useStore.getState().pending.c).toEqual([])
    expect(draftIn('c').text).toBe('with files')
    expect(useUploads.getState().trays.c).toEqual(['a'])
  })

  test('shows what was done and not sent, and no more what was sent', async () => {
    unsent.add('10')
    before.push(upload('a', { attachment: attachment('10') }), upload('b', { attachment: attachment('20') }))
    await signIn()
    expect(states()).toEqual(['a: done'])
  })
})
