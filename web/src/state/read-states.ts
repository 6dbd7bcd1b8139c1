/** Pure operations on how far I have read channels. What was read stays so, in whatever order the news of it come. */
import type { Id, Message, ReadState } from '@/api/contract'
import { heldMessage } from './message-changes'
import type { ClientState } from './model'

/** How far I have read a channel. */
export interface ChannelReading {
  /** The number of the channel's last message. */
  lastSeq: number
  /** The number of the last message that I have read. */
  readSeq: number
  /** Its id, or that of one before it after which nothing else was left; null when that is not known. */
  readId: Id | null
  /** The number as the server knows it. */
  toldSeq: number
  /** How many unread messages mention me among those that the server counted, up to `countedSeq`. */
  counted: number
  countedSeq: number
  /** Those after it that mention me, by number. */
  mentionSeqs: number[]
  /** Unread ones that were deleted, by number. */
  goneSeqs: number[]
}

const nothingRead: ChannelReading = {
  lastSeq: 0,
  readSeq: 0,
  readId: null,
  toldSeq: 0,
  counted: 0,
  countedSeq: 0,
  mentionSeqs: [],
  goneSeqs: [],
}

type Readings = Record<Id, ChannelReading>

/** Whether there is something unread, and how often it mentions me. */
export interface Unread {
  unread: boolean
  mentions: number
}

export const allRead: Unread = { unread: false, mentions: 0 }

export function unreadIn(reading: ChannelReading | undefined): Unread {
  if (!reading || reading.lastSeq <= reading.readSeq) return allRead
  return { unread: true, mentions: reading.counted + reading.mentionSeqs.length }
}

/** With what the server says of a channel. */
export function withReadState(readings: Readings, told: ReadState): Readings {
  const before = readings[told.channel_id] ?? nothingRead
  const known = { ...before, toldSeq: Math.max(before.toldSeq, told.last_read_seq) }
  const lastSeq = Math.max(known.lastSeq, told.last_seq)
  const older =
    told.last_read_seq < known.readSeq ||
    (told.last_read_seq === known.readSeq && told.last_seq < known.countedSeq)
  const next = older
    ? { ...known, lastSeq }
    : {
        ...known,
        lastSeq,
        readSeq: told.last_read_seq,
        readId: told.last_read_id ?? null,
        counted: told.mention_count,
        countedSeq: told.last_seq,
      }
  return put(readings, told.channel_id, next)
}

/** With everything that the server says. */
export function withReadStates(readings: Readings, told: ReadState[]): Readings {
  return told.reduce(withReadState, readings)
}

/** With everything up to a message read; its id is not always known. */
export function withRead(readings: Readings, channelId: Id, seq: number, readId: Id | null): Readings {
  const known = readings[channelId]
  if (!known || seq <= known.readSeq) return readings
  // Of a part of what the server counted nobody knows here how many mention me: it says so itself in its answer.
  const isPast = seq >= known.countedSeq
  return put(readings, channelId, {
    ...known,
    lastSeq: Math.max(known.lastSeq, seq),
    readSeq: seq,
    readId,
    counted: isPast ? 0 : known.counted,
    countedSeq: isPast ? seq : known.countedSeq,
  })
}

/** With a message that was just sent. */
export function withSent(state: ClientState, message: Message): Readings {
  const { channel_id, seq } = message
  // Of a channel that nothing is known of, all that came before counts as read.
  const known = state.readings[channel_id] ?? readBefore(seq)
  if (seq <= known.lastSeq) return state.readings
  const mine = message.author.id === state.me?.id
  const grown = { ...known, lastSeq: seq }
  // Who writes has read what was there, if they had before; what was unread stays so.
  if (mine)
    return put(
      state.readings,
      channel_id,
      known.readSeq === known.lastSeq ? { ...grown, readSeq: seq, readId: message.id } : grown,
    )
  const mentionSeqs = mentionsMe(state, message) ? [...known.mentionSeqs, seq] : known.mentionSeqs
  return put(state.readings, channel_id, { ...grown, mentionSeqs })
}

function readBefore(seq: number): ChannelReading {
  const last = seq - 1
  return { ...nothingRead, lastSeq: last, readSeq: last, toldSeq: last, countedSeq: last }
}

/** Without a message: what is gone cannot be unread, nor mention me. */
export function withGone(state: ClientState, channelId: Id, id: Id, seq: number | undefined): Readings {
  const known = state.readings[channelId]
  if (!known || !seq || seq <= known.readSeq || known.goneSeqs.includes(seq)) return state.readings
  const message = heldMessage(state.messages[channelId], id) ?? null
  const wasCounted = seq <= known.countedSeq && mentionsMe(state, message)
  return put(state.readings, channelId, {
    ...known,
    lastSeq: Math.max(known.lastSeq, seq),
    counted: Math.max(0, known.counted - (wasCounted ? 1 : 0)),
    mentionSeqs: known.mentionSeqs.filter((heard) => heard !== seq),
    goneSeqs: [...known.goneSeqs, seq],
  })
}

/** Whether a message names me: by name, by a role that I hold, or with everyone. */
export function mentionsMe(state: ClientState, message: Message | null): boolean {
  const me = state.me?.id
  if (!message || !me) return false
  const { everyone, user_ids, role_ids } = message.mentions
  if (everyone || user_ids.includes(me)) return true
  const held = state.members[message.server_id]?.byId[me]?.role_ids
  return held?.some((id) => role_ids.includes(id)) ?? false
}

function put(readings: Readings, channelId: Id, reading: ChannelReading): Readings {
  let { readSeq } = reading
  while (reading.goneSeqs.includes(readSeq + 1)) readSeq += 1
  const after = Math.max(readSeq, reading.countedSeq)
  return {
    ...readings,
    [channelId]: {
      ...reading,
      readSeq,
      counted: readSeq >= reading.lastSeq ? 0 : reading.counted,
      mentionSeqs: reading.mentionSeqs.filter((seq) => seq > after),
      goneSeqs: reading.goneSeqs.filter((seq) => seq > readSeq),
    },
  }
}
