/** Runs the uploads: some at a time, each until it is through, over lines that break. */
import type { Id } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { giveBackWithoutFiles, isOfMessage } from '@/features/messages/kept-messages'
import { useStore } from '@/state/store'
import { discardAttachment, fetchAttachment, fetchLimits } from './calls'
import { checked, type FileLimits } from './checking'
import { forgetUpload, type KeptUpload, keepProgress, keepUpload, keptUploads } from './kept-uploads'
import { pictureOf } from './picture-of'
import type { Brought } from './transferred'
import type { Transfer } from './tus-transfer'
import {
  changeUpload,
  dropUploads,
  putInTray,
  refuse,
  stepped,
  type Upload,
  type UploadEvent,
  uploadsOf,
  useUploads,
} from './uploads'

const mostAtOnce = 3
const retryMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
/** As often it is tried in vain before a server that answers with errors counts as refusing. */
const mostFailures = 8

const transfers = new Map<string, Transfer>()
/** How often in a row each was broken. */
const failures = new Map<string, number>()
const timers = new Map<string, ReturnType<typeof setTimeout>>()

let limits: Promise<FileLimits> | null = null
let part: Promise<typeof import('./tus-transfer')> | null = null

/** The part that uploads; asked for again if it could not be fetched. */
function transferring() {
  part ??= import('./tus-transfer').catch((error) => {
    part = null
    throw error
  })
  return part
}

/** What the instance takes; everything, for as long as it cannot be asked. */
function knownLimits(): Promise<FileLimits> {
  limits ??= fetchLimits().catch(() => {
    limits = null
    return { bytes: null, count: null }
  })
  return limits
}

/** Attaches what can be attached, and begins to upload it at once. */
export async function addFiles(serverId: Id, channelId: Id, { files, folders }: Brought): Promise<void> {
  const known = await knownLimits()
  const there = useUploads.getState().trays[channelId]?.length ?? 0
  const { taken, refusals } = checked(files, known, there)
  refuse(channelId, [...folders.map((name) => ({ reason: 'folder', name }) as const), ...refusals])
  const begun = { serverId, channelId, isSpoiler: false, address: null, attachment: null }
  begin(
    channelId,
    taken.map((file) => ({ ...begun, key: crypto.randomUUID(), file })),
  )
}

function begin(channelId: Id, some: KeptUpload[]): void {
  putInTray(channelId, some.map(uploadOf))
  for (const { key, file } of some) void show(key, file)
  startWaiting()
}

function uploadOf(kept: KeptUpload): Upload {
  const { file, attachment } = kept
  return {
    ...kept,
    name: file.name,
    size: file.size,
    type: file.type,
    picture: null,
    state: attachment ? 'done' : 'waiting',
    sent: attachment ? file.size : 0,
    problem: null,
  }
}

/** Goes on with what was uploaded before the page was loaded anew. */
async function restore(userId: Id): Promise<void> {
  for (const kept of await keptUploads(userId)) {
    if (useStore.getState().me?.id !== userId) return
    if (uploadsOf([kept.key]).length > 0) continue
    // That of a message is asked for again by its nonce, whether it had been sent or not.
    if (isOfMessage(kept.key)) goOn(kept)
    else if (await isSent(kept)) forgetUpload(kept.key)
    else begin(kept.channelId, [kept])
  }
  giveBackWithoutFiles()
}

/** Goes on with an upload that stands in no composer. */
function goOn(kept: KeptUpload): void {
  useUploads.setState(({ byKey }) => ({ byKey: { ...byKey, [kept.key]: uploadOf(kept) } }))
  void show(kept.key, kept.file)
  startWaiting()
}

/** Whether a message has it already, or nobody has: the server knows it as unsent no more. */
async function isSent(kept: KeptUpload): Promise<boolean> {
  if (!kept.attachment) return false
  return fetchAttachment(kept, kept.attachment.id).then(
    () => false,
    (error) => asProblem(error).status === 404,
  )
}

async function show(key: string, file: File): Promise<void> {
  const picture = await pictureOf(file)
  if (!picture) return
  if (uploadsOf([key]).length === 0) URL.revokeObjectURL(picture.url)
  else changeUpload(key, (upload) => ({ ...upload, picture }))
}

export function markSpoiler(key: string, isSpoiler: boolean): void {
  changeUpload(key, (upload) => ({ ...upload, isSpoiler }))
}

/** Tries failed ones again. */
export function retryUploads(keys: readonly string[]): void {
  for (const { key, state } of uploadsOf(keys)) {
    failures.delete(key)
    if (state === 'failed' || state === 'paused') resume(key)
  }
}

/** Uploads anew what the server has forgotten. */
export function renewUploads(keys: readonly string[]): void {
  for (const key of keys) {
    stop(key)
    tell(key, { type: 'lost' })
  }
  startWaiting()
}

/** Gives uploads up, here and on the server. */
export function removeUploads(keys: readonly string[]): void {
  for (const upload of uploadsOf(keys)) {
    stop(upload.key)
    const id = upload.attachment?.id ?? upload.address?.split('/').at(-1)
    // What is left behind the server removes after a while by itself.
    if (id) discardAttachment(upload, id).catch(() => undefined)
  }
  dropUploads(keys)
  startWaiting()
}

function startWaiting(): void {
  const all = Object.values(useUploads.getState().byKey)
  const free = mostAtOnce - all.filter(({ state }) => state === 'going').length
  for (const { key } of all.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, free))) {
    void run(key)
  }
}

async function run(key: string): Promise<void> {
  tell(key, { type: 'begun' })
  try {
    const { openTransfer } = await transferring()
    const [upload] = uploadsOf([key])
    if (upload?.state !== 'going') return
    const transfer = transfers.get(key) ?? openTransfer(upload, reportsOf(key))
    transfers.set(key, transfer)
    transfer.start()
  } catch {
    // Without a line not even that can be fetched.
    pause(key, 0)
  }
}

function reportsOf(key: string) {
  return {
    onOpened: (address: string) => tell(key, { type: 'opened', address }),
    onMoved: (sent: number) => tell(key, { type: 'moved', sent }),
    onArrived: () => failures.delete(key),
    onBroken: (problem: ApiProblem) => breakOff(key, problem),
    onFinished: (attachment: Parameters<typeof finish>[1]) => finish(key, attachment),
  }
}

function finish(key: string, attachment: NonNullable<Upload['attachment']>): void {
  forget(key)
  tell(key, { type: 'finished', attachment })
  startWaiting()
}

function breakOff(key: string, problem: ApiProblem): void {
  const made = failures.get(key) ?? 0
  if (isPassing(problem) && (problem.isNetwork || made < mostFailures)) {
    pause(key, (problem.retryAfter ?? 0) * 1_000)
    return
  }
  forget(key)
  tell(key, { type: 'refused', code: problem.code })
  startWaiting()
}

/** Whether it may go through another time: no answer, trouble, too much at once, or a piece that overlaps another. */
function isPassing({ isNetwork, status, code }: ApiProblem): boolean {
  if (code === 'storage_full') return false
  return isNetwork || status >= 500 || [408, 409, 423, 429].includes(status)
}

/** Waits for a while, or for a connection. */
function pause(key: string, least: number): void {
  const made = failures.get(key) ?? 0
  failures.set(key, made + 1)
  tell(key, { type: 'broken' })
  clearTimeout(timers.get(key))
  const wait = Math.max(retryMs[Math.min(made, retryMs.length - 1)] ?? 0, least)
  timers.set(
    key,
    setTimeout(() => resume(key), wait),
  )
  startWaiting()
}

function resume(key: string): void {
  clearTimeout(timers.get(key))
  timers.delete(key)
  tell(key, { type: 'resumed' })
  startWaiting()
}

function resumePaused(): void {
  for (const { key, state } of Object.values(useUploads.getState().byKey)) {
    if (state === 'paused') resume(key)
  }
}

function stop(key: string): void {
  transfers.get(key)?.stop()
  forget(key)
}

function forget(key: string): void {
  transfers.delete(key)
  failures.delete(key)
  clearTimeout(timers.get(key))
  timers.delete(key)
}

function tell(key: string, event: UploadEvent): void {
  changeUpload(key, (upload) => stepped(upload, event))
}

window.addEventListener('online', resumePaused)

useStore.subscribe((state, before) => {
  if (state.connection === 'live' && before.connection !== 'live') resumePaused()
  if (state.me?.id !== before.me?.id) {
    for (const key of [...transfers.keys(), ...timers.keys()]) stop(key)
    limits = null
    if (state.me) void restore(state.me.id)
  }
})

useUploads.subscribe(({ byKey }, { byKey: before }) => {
  const userId = useStore.getState().me?.id
  for (const [key, upload] of Object.entries(byKey)) {
    const known = before[key]
    if (known === upload || !userId) continue
    if (!known) keepUpload(upload, userId)
    else if (!isSame(known, upload)) keepProgress(upload, userId)
  }
  for (const key of Object.keys(before)) if (!byKey[key]) forgetUpload(key)
})

/** Whether nothing has changed that is kept. */
function isSame(one: Upload, other: Upload): boolean {
  return (
    one.isSpoiler === other.isSpoiler && one.address === other.address && one.attachment === other.attachment
  )
}

const { me } = useStore.getState()
if (me) void restore(me.id)
void knownLimits()
