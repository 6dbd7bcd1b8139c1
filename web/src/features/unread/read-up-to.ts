/** Tells the server how far I have read: at most one request per channel and 2 s, the latest place only. */
import { answer, http } from '@/api/client'
import type { Id } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { withRead, withReadState } from '@/state/read-states'
import { useStore } from '@/state/store'

const everyMs = 2_000
/** After a failure that passes. */
const againMs = 5_000

/** A place to tell of; without a message, the end. */
interface Place {
  serverId: Id
  seq: number
  messageId: Id | null
}

interface Telling {
  wanted: Place | null
  /** The place that the server refused last, so that it is not asked again. */
  refused: number
  isBusy: boolean
  timer: ReturnType<typeof setTimeout> | null
}

const tellings = new Map<Id, Telling>()

/** I have read a channel up to a message: shown at once, told soon. */
export function readUpTo(serverId: Id, channelId: Id, seq: number, messageId: Id): void {
  want(channelId, { serverId, seq, messageId })
}

/** I wish to have read everything in a channel, whether it was on the screen or not. */
export function readAll(serverId: Id, channelId: Id): void {
  const seq = useStore.getState().readings[channelId]?.lastSeq
  if (seq !== undefined) want(channelId, { serverId, seq, messageId: null })
  hurryReading(channelId)
}

/** Tells at once what waits, because the channel or the page is left. */
export function hurryReading(channelId: Id): void {
  const telling = tellings.get(channelId)
  if (telling?.wanted) void tell(channelId, telling)
}

/** Forgets what one user has read before the next signs in. */
export function forgetReading(): void {
  for (const { timer } of tellings.values()) clearTimeout(timer ?? undefined)
  tellings.clear()
}

function want(channelId: Id, place: Place): void {
  const telling = tellings.get(channelId) ?? { wanted: null, refused: 0, isBusy: false, timer: null }
  tellings.set(channelId, telling)
  useStore.setState(({ readings }) => ({
    readings: withRead(readings, channelId, place.seq, place.messageId),
  }))
  const told = useStore.getState().readings[channelId]?.toldSeq ?? 0
  if (place.seq <= Math.max(told, telling.wanted?.seq ?? 0) || place.seq === telling.refused) return
  telling.wanted = place
  if (telling.timer === null && !telling.isBusy) void tell(channelId, telling)
}

async function tell(channelId: Id, telling: Telling): Promise<void> {
  const place = telling.wanted
  if (!place) return
  clearTimeout(telling.timer ?? undefined)
  telling.timer = null
  telling.wanted = null
  telling.isBusy = true
  const failed = await put(channelId, place)
  telling.isBusy = false
  if (tellings.get(channelId) !== telling) return
  // A place that is further on, wanted meanwhile, stands for this one too.
  if (failed === 'passing') telling.wanted ??= place
  if (failed === 'lasting') telling.refused = place.seq
  wait(channelId, telling, failed === 'passing' ? againMs : everyMs)
}

function wait(channelId: Id, telling: Telling, milliseconds: number): void {
  clearTimeout(telling.timer ?? undefined)
  telling.timer = setTimeout(() => {
    telling.timer = null
    void tell(channelId, telling)
  }, milliseconds)
}

async function put(channelId: Id, { serverId, messageId }: Place): Promise<'passing' | 'lasting' | null> {
  const params = { path: { server_id: serverId, channel_id: channelId } }
  const send = (message_id: Id | null) => {
    const body = message_id ? { message_id } : {}
    // Also when the page is being left.
    const request = { params, body, keepalive: true }
    return answer(http.PUT('/servers/{server_id}/channels/{channel_id}/read', request))
  }
  try {
    const told = await send(messageId)
    useStore.setState(({ readings }) => ({ readings: withReadState(readings, told) }))
    return null
  } catch (error) {
    const problem = asProblem(error)
    return problem.isNetwork || problem.status >= 500 || problem.status === 429 ? 'passing' : 'lasting'
  }
}
