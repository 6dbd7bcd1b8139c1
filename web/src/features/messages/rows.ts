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

/** The rows of a conversation: confirmed messages, then what waits to be. Pure, and for each message of ten thousand. */
export function rowsOf(
  messages: Message[],
  waiting: PendingMessage[],
  me: UserSummary | null,
  atStart: boolean,
): Row[] {
  const rows = new Rows(atStart)
  for (const message of messages) {
    rows.push({
      // The key outlives the confirmation, so that one's own message keeps its place and height.
      key: message.nonce ?? message.id,
      author: message.author,
      createdAt: message.created_at,
      content: message.content,
      notice: message.kind === 'default' ? null : message.kind,
      replyTo: message.reply_to ?? null,
      message,
      pending: null,
    })
  }
  for (const pending of waiting) {
    if (!me || messages.some((message) => message.nonce === pending.nonce)) continue
    const { nonce: key, createdAt, content, replyTo } = pending
    rows.push({ key, author: me, createdAt, content, replyTo, notice: null, message: null, pending })
  }
  return rows.all
}

/** Rows as they are put below each other: what a row looks like depends on what is above it. */
class Rows {
  readonly all: Row[] = []
  /** When the group began that the last row belongs to. */
  private groupStart = 0
  /** The day of the last row at the reader's place: from its first moment to that of the next. */
  private dayStart = 0
  private dayEnd = 0

  constructor(private readonly atStart: boolean) {}

  push(row: Omit<Row, 'head' | 'day' | 'first'>): void {
    const above = this.all.at(-1)
    const time = Date.parse(row.createdAt)
    const day = !above || time < this.dayStart || time >= this.dayEnd
    const close =
      // What is quoted above an answer is not its author's: it says who writes.
      row.replyTo === null &&
      above?.author.id === row.author.id &&
      above.notice === row.notice &&
      time - this.groupStart < groupMs
    const head = day || !close
    if (day) this.beginDay(time)
    if (head) this.groupStart = time
    this.all.push({ ...row, day, head, first: this.atStart && !above })
  }

  private beginDay(time: number): void {
    const day = new Date(time)
    this.dayStart = day.setHours(0, 0, 0, 0)
    this.dayEnd = day.setDate(day.getDate() + 1)
  }
}
