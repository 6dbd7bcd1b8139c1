import { describe, expect, test } from 'vitest'
import type { Message } from '@/api/contract'
import type { GatewayEvent } from '@/gateway/protocol'
import { chanceOf } from '@/testing/chance'
import { sampleMe, sampleMessage, sampleUser } from '@/testing/samples'
import { applyEvent } from './apply-event'
import { quoteOf } from './message-changes'
import { emptyLog, withFirstPage } from './message-log'
import { type ClientState, emptyState } from './model'

const place = { server_id: 's', channel_id: 'c' }

function showing(...messages: Message[]): ClientState {
  return {
    ...emptyState(),
    me: sampleMe('1'),
    messages: { c: withFirstPage(emptyLog(), messages, false) },
  }
}

function reaction(count: number, user: string | null, emoji = '👍', added = true): GatewayEvent {
  return {
    type: added ? 'message.reaction_added' : 'message.reaction_removed',
    data: { ...place, message_id: '1', seq: 1, emoji, user_id: user, count },
  }
}

const heard = (state: ClientState, ...events: GatewayEvent[]) => events.reduce(applyEvent, state)
const first = (state: ClientState) => state.messages.c?.items[0]
const counts = (state: ClientState) =>
  first(state)?.reactions.map(({ emoji, count, me }) => `${emoji}${count}${me ? ' me' : ''}`)

describe('reactions', () => {
  test('are counted as told, and mine are known by who reacted', () => {
    const state = heard(showing(sampleMessage(1)), reaction(1, '2'), reaction(2, '1'), reaction(1, '3', '🎉'))
    expect(counts(state)).toEqual(['👍2 me', '🎉1'])
    expect(counts(heard(state, reaction(3, '3')))).toEqual(['👍3 me', '🎉1'])
    expect(counts(heard(state, reaction(1, '1', '👍', false)))).toEqual(['👍1', '🎉1'])
  })

  test('the last one takes the emoji away, and so does removing all', () => {
    const state = heard(showing(sampleMessage(1)), reaction(2, '1'), reaction(1, '2', '🎉'))
    expect(counts(heard(state, reaction(0, '2', '🎉', false)))).toEqual(['👍2 me'])
    expect(counts(heard(state, reaction(0, null, '👍', false)))).toEqual(['🎉1'])
  })

  test('a change to the text does not forget which are mine', () => {
    const told = sampleMessage(1, { reactions: [{ emoji: '👍', count: 4, me: false }], content: 'new' })
    const state = heard(showing(sampleMessage(1)), reaction(2, '1'), { type: 'message.updated', data: told })
    expect(counts(state)).toEqual(['👍4 me'])
    expect(first(state)?.content).toBe('new')
  })

  test('outlive the message being told of again as it was sent', () => {
    const sent: GatewayEvent = { type: 'message.created', data: sampleMessage(1) }
    expect(counts(heard(showing(), sent, reaction(1, '1'), sent))).toEqual(['👍1 me'])
  })

  test('to a message that is still on its way make the page that brings it doubtful', () => {
    const state = showing(sampleMessage(5))
    expect(heard(state, reaction(1, '2')).messages.c?.changes).toBe(1)
    expect(heard(state, reaction(1, '2')).messages.c?.items).toBe(state.messages.c?.items)
  })

  test('told twice change nothing the second time', () => {
    const chance = chanceOf(3)
    let state = showing(sampleMessage(1))
    for (let turn = 0; turn < 200; turn += 1) {
      const user = chance.of(['1', '2', '3'])
      const event = reaction(chance.below(4), user, chance.of(['👍', '🎉', '❤️']), chance.below(2) === 0)
      state = applyEvent(state, event)
      expect(first(applyEvent(state, event))).toEqual(first(state))
    }
  })
})

describe('pins', () => {
  test('come and go', () => {
    const data = { ...place, id: '1', seq: 1, user_id: '2' }
    const pinned = heard(showing(sampleMessage(1)), { type: 'message.pinned', data })
    expect(first(pinned)?.pinned).toBe(true)
    expect(first(heard(pinned, { type: 'message.unpinned', data }))?.pinned).toBe(false)
  })
})

describe('answers', () => {
  const original = sampleMessage(1, { content: 'question' })
  const answer = sampleMessage(2, { reply_to: quoteOf(original) })
  const quoted = (state: ClientState) => state.messages.c?.items.find(({ id }) => id === '2')?.reply_to

  test('to a message that is deleted say so', () => {
    const gone: GatewayEvent = { type: 'message.deleted', data: { ...place, id: '1', seq: 1 } }
    expect(quoted(heard(showing(original, answer), gone))).toEqual({
      id: '1',
      deleted: true,
      author: null,
      content: null,
    })
    // The original need not be on the screen.
    expect(quoted(heard(showing(answer), gone))?.deleted).toBe(true)
  })

  test('quote what their original says now, as far as the server would', () => {
    const data = sampleMessage(1, { content: '🙂'.repeat(300), edited_at: '2026-03-04T11:00:00.000Z' })
    expect(quoted(heard(showing(answer), { type: 'message.updated', data }))?.content).toBe('🙂'.repeat(200))
  })

  test('that quote nothing to those who may not read go on quoting nothing', () => {
    const withheld = { id: '1', deleted: false, author: null, content: null }
    const state = showing(sampleMessage(2, { reply_to: withheld }))
    expect(quoted(heard(state, { type: 'message.updated', data: original }))).toEqual(withheld)
  })

  test('that are changed keep what was known of their original', () => {
    const data = {
      ...answer,
      content: 'new',
      reply_to: { ...quoteOf(original), author: null, content: null },
    }
    expect(quoted(heard(showing(answer), { type: 'message.updated', data }))?.content).toBe('question')
  })

  test('carry the name of today of whom they answer', () => {
    const data = { ...sampleMe('2'), ...sampleUser('2', 'New Name') }
    expect(quoted(heard(showing(answer), { type: 'user.updated', data }))?.author?.display_name).toBe(
      'New Name',
    )
  })
})
