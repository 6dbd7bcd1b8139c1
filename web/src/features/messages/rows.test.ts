import { describe, expect, it } from 'vitest'
import type { Message, UserSummary } from '@/api/contract'
import type { PendingMessage } from '@/state/model'
import { rowsOf } from './rows'

const ada: UserSummary = { id: '1', username: 'ada', display_name: 'Ada Byron', avatar_url: null }
const sam: UserSummary = { ...ada, id: '2', username: 'sam', display_name: 'Sam Field' }

let seq = 0
function message(author: UserSummary, time: string, nonce: string | null = null): Message {
  seq += 1
  return {
    id: String(seq),
    seq,
    server_id: '8',
    channel_id: '9',
    kind: 'default',
    author,
    content: `text ${seq}`,
    created_at: new Date(`2026-03-04T${time}`).toISOString(),
    edited_at: null,
    pinned: false,
    attachments: [],
    embeds: [],
    reactions: [],
    mentions: { user_ids: [], role_ids: [], channel_ids: [], everyone: false, tokens: [] },
    nonce,
  }
}

function waiting(nonce: string, time: string): PendingMessage {
  const createdAt = new Date(`2026-03-04T${time}`).toISOString()
  return {
    nonce,
    serverId: '8',
    channelId: '9',
    content: 'w',
    createdAt,
    state: 'sending',
    replyTo: null,
    files: [],
    problem: null,
  }
}

const heads = (messages: Message[]) => rowsOf(messages, [], ada, true).map((row) => row.head)

describe('the rows of a conversation', () => {
  it('groups what one author writes within seven minutes of the first', () => {
    expect(heads([message(ada, '10:00'), message(ada, '10:05'), message(ada, '10:08')])).toEqual([
      true,
      false,
      true,
    ])
  })

  it('tells what somebody wrote from what Beep says of them', () => {
    const joined: Message = { ...message(ada, '10:00'), kind: 'member_joined', content: '' }
    const rows = rowsOf([joined, message(ada, '10:01')], [], ada, true)
    expect(rows.map((row) => [row.notice, row.head])).toEqual([
      ['member_joined', true],
      [null, true],
    ])
  })

  it('begins a group with another author', () => {
    expect(heads([message(ada, '10:00'), message(sam, '10:01'), message(ada, '10:02')])).toEqual([
      true,
      true,
      true,
    ])
  })

  it('begins a group with an answer, so that it is plain who answers', () => {
    const reply_to = { id: '1', deleted: false, author: sam, content: 'text' }
    const rows = rowsOf(
      [message(ada, '10:00'), { ...message(ada, '10:01'), reply_to }, message(ada, '10:02')],
      [],
      ada,
      true,
    )
    expect(rows.map((row) => row.head)).toEqual([true, true, false])
    expect(rows[1]?.replyTo).toEqual(reply_to)
  })

  it('divides days, also within a group', () => {
    const evening = message(ada, '23:59')
    const night = { ...message(ada, '00:00'), created_at: new Date('2026-03-05T00:01').toISOString() }
    const rows = rowsOf([evening, night], [], ada, true)
    expect(rows.map((row) => row.day)).toEqual([true, true])
    expect(rows[1]?.head).toBe(true)
  })

  it('knows the first of the channel only when nothing is above', () => {
    const messages = [message(ada, '10:00'), message(ada, '10:01')]
    expect(rowsOf(messages, [], ada, true).map((row) => row.first)).toEqual([true, false])
    expect(rowsOf(messages, [], ada, false).map((row) => row.first)).toEqual([false, false])
  })

  it('shows a message once while it is confirmed, under the same key', () => {
    const before = rowsOf([], [waiting('n1', '10:00')], ada, true)
    const after = rowsOf([message(ada, '10:00', 'n1')], [waiting('n1', '10:00')], ada, true)
    expect(before.map((row) => row.key)).toEqual(['n1'])
    expect(after.map((row) => row.key)).toEqual(['n1'])
    expect(after[0]?.pending).toBeNull()
  })
})
