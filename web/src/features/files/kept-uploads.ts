/** Uploads outlive a reload of the page, in the tab in which they were begun: the files are kept by the browser. */
import type { Id } from '@/api/contract'
import type { Upload } from './uploads'

/** What is kept of an upload beside its file. */
interface Kept {
  key: string
  tab: string
  userId: Id
  /** When it was begun. */
  at: number
  serverId: Id
  channelId: Id
  isSpoiler: boolean
  address: string | null
  attachment: Upload['attachment']
}

/** An upload as it was before the page was loaded anew. */
export type KeptUpload = Pick<Upload, 'file' | (keyof Kept & keyof Upload)>

const databaseName = 'beep.uploads'
const tabKey = 'beep.tab'
/** What a tab that was closed has left behind is removed after this time; the server does not keep it longer. */
const keptMs = 24 * 3_600_000
/** Larger files are not copied for this. */
const largestKept = 256 * 1024 * 1024

let opening: Promise<IDBDatabase> | null = null
let naming: Promise<string> | null = null

/** Keeps an upload with its file. */
export function keepUpload(upload: Upload, userId: Id): void {
  if (upload.file.size > largestKept) return
  quietly(async () => {
    await put('files', upload.key, upload.file)
    await put('records', upload.key, await recordOf(upload, userId))
  })
}

/** Keeps what has become of an upload that is kept already. */
export function keepProgress(upload: Upload, userId: Id): void {
  if (upload.file.size > largestKept) return
  quietly(async () => put('records', upload.key, await recordOf(upload, userId)))
}

export function forgetUpload(key: string): void {
  quietly(() => remove(key))
}

/** What this tab was uploading for a user before the page was loaded anew, in its order. */
export async function keptUploads(userId: Id): Promise<KeptUpload[]> {
  try {
    const tab = await tabName()
    const records = await all()
    const now = Date.now()
    const old = records.filter(({ at }) => now - at > keptMs)
    await Promise.all(old.map(({ key }) => remove(key)))
    const mine = records
      .filter((record) => record.tab === tab && record.userId === userId && !old.includes(record))
      .sort((left, right) => left.at - right.at)
    const found = await Promise.all(
      mine.map(async (record) => ({ ...record, file: await fileOf(record.key) })),
    )
    return found.flatMap(({ file, ...record }) => (file ? [{ ...record, file }] : []))
  } catch {
    return []
  }
}

let lastAt = 0
const begun = new Map<string, number>()

async function recordOf(upload: Upload, userId: Id): Promise<Kept> {
  const { key, serverId, channelId, isSpoiler, address, attachment } = upload
  // Several that begin in the same moment keep their order.
  if (!begun.has(key)) {
    lastAt = Math.max(Date.now(), lastAt + 1)
    begun.set(key, lastAt)
  }
  const at = begun.get(key) ?? lastAt
  return { key, tab: await tabName(), userId, at, serverId, channelId, isSpoiler, address, attachment }
}

/** The name of this tab. A copy of a tab begins with the name of the first, and must have its own. */
function tabName(): Promise<string> {
  naming ??= new Promise((resolve) => {
    const name = sessionStorage.getItem(tabKey) ?? crypto.randomUUID()
    const take = (own: string) => {
      sessionStorage.setItem(tabKey, own)
      resolve(own)
    }
    if (!navigator.locks) return take(name)
    void navigator.locks.request(`${tabKey}.${name}`, { ifAvailable: true }, (lock) => {
      take(lock ? name : crypto.randomUUID())
      // Held for as long as the tab is there.
      return lock ? new Promise(() => {}) : undefined
    })
  })
  return naming
}

let last: Promise<unknown> = Promise.resolve()

/** One after the other, so that what was forgotten stays so. Where the browser keeps nothing, uploads work all the same. */
function quietly(work: () => Promise<unknown>): void {
  last = last.then(work).catch(() => undefined)
}

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('files')
      request.result.createObjectStore('records')
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opening
}

async function put(store: 'files' | 'records', key: string, value: File | Kept): Promise<void> {
  const transaction = (await database()).transaction(store, 'readwrite')
  transaction.objectStore(store).put(value, key)
  await done(transaction)
}

async function remove(key: string): Promise<void> {
  begun.delete(key)
  const transaction = (await database()).transaction(['files', 'records'], 'readwrite')
  for (const store of ['files', 'records']) transaction.objectStore(store).delete(key)
  await done(transaction)
}

async function all(): Promise<Kept[]> {
  const transaction = (await database()).transaction('records')
  return result<Kept[]>(transaction.objectStore('records').getAll())
}

async function fileOf(key: string): Promise<File | undefined> {
  const transaction = (await database()).transaction('files')
  return result<File | undefined>(transaction.objectStore('files').get(key))
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
    transaction.onerror = () => reject(transaction.error)
  })
}

function result<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
