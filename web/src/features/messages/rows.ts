import type { AnsweredMessage, Message, UserSummary } from '@/api/contract'
import type { PendingMessage } from '@/state/model'

/** One line of the conversation as it is drawn. */
export interface Row {
  key: string
  author: UserSummary
  createdAt: string
  content: string
  /** Whether picture, name and time stand above it; otherwise it belongs to the group above. */
  head: boolean
  /** Whether a new day begins with it. */
  day: boolean
  /** Whether it is the very first of the channel. */
  first: boolean
  /** What Beep says about the author, instead of what they wrote. */
  notice: Exclude<Message['kind'], 'default'> | null
  /** The message that it answers. */
  replyTo: AnsweredMessage | null
  message: Message | null
  pending: PendingMessage | null
}

const groupMs = 7 * 60_000

/** The rows of a conversation: confirmed messages, then what waits to be. Pure. */
export function rowsOf(
  messages: Message[],
  waiting: PendingMessage[],
  me: UserSummary | null,
  atStart: boolean,
): Row[] {
  const rows: Row[] = []
  for (const message of messages) {
    // The key outlives the confirmation, so that one's own message keeps its place and height.
    const key = message.nonce ?? message.id
    push(
      rows,
      {
        key,
        author: message.author,
        createdAt: message.created_at,
        content: message.content,
        notice: message.kind === 'default' ? null : message.kind,
        replyTo: message.reply_to ?? null,
        message,
        pending: null,
      },
      atStart,
    )
  }
  for (const pending of waiting) {
    if (!me || messages.some((message) => message.nonce === pending.nonce)) continue
    const { nonce: key, createdAt, content, replyTo } = pending
    const row = { key, author: me, createdAt, content, replyTo, notice: null, message: null, pending }
    push(rows, row, atStart)
  }
  return rows
}

function push(rows: Row[], row: Omit<Row, 'head' | 'day' | 'first'>, atStart: boolean): void {
  const above = rows.at(-1)
  const day = !above || dayOf(above.createdAt) !== dayOf(row.createdAt)
  const close =
    // What is quoted above an answer is not its author's: it says who writes.
    row.replyTo === null &&
    above?.author.id === row.author.id &&
    above.notice === row.notice &&
    Date.parse(row.createdAt) - Date.parse(groupStart(rows)) < groupMs
  rows.push({ ...row, day, head: day || !close, first: atStart && !above })
}

/** When the group that the last row belongs to began. */
function groupStart(rows: Row[]): string {
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index]
    if (row?.head) return row.createdAt
  }
  return rows[0]?.createdAt ?? ''
}

/** The day at the reader's place. */
function dayOf(time: string): string {
  return new Date(time).toDateString()
}
