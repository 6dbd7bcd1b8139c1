import type { Id, Message } from '@/api/contract'
import type { StoreState } from '@/state/store'

/** What was typed in a message to name somebody or something, and what it stood for when it was sent. */
export interface MentionToken {
  text: string
  kind: 'user' | 'role' | 'channel' | 'everyone'
  /** Null for everyone. */
  id: Id | null
}

const kinds: readonly string[] = ['user', 'role', 'channel', 'everyone'] satisfies MentionToken['kind'][]
/** More than people name in one message; the parser tries each of them. */
const mostTokens = 100
const none: readonly MentionToken[] = []
const known = new WeakMap<Message['mentions'], readonly MentionToken[]>()

/** The names that the server found in a message; none when it does not tell. The same list for the same message. */
export function tokensOf(message: Message | null): readonly MentionToken[] {
  if (!message || !('tokens' in message.mentions) || !Array.isArray(message.mentions.tokens)) return none
  let tokens = known.get(message.mentions)
  if (!tokens) {
    tokens = message.mentions.tokens.filter(isToken).slice(0, mostTokens)
    known.set(message.mentions, tokens)
  }
  return tokens
}

/** Whether a message names me: by name, by a role that I hold, or with everyone. */
export function mentionsMe(state: StoreState, message: Message | null): boolean {
  const me = state.me?.id
  if (!message || !me) return false
  const { everyone, user_ids, role_ids } = message.mentions
  if (everyone || user_ids.includes(me)) return true
  const held = state.members[message.server_id]?.byId[me]?.role_ids
  return held?.some((id) => role_ids.includes(id)) ?? false
}

function isToken(value: unknown): value is MentionToken {
  if (typeof value !== 'object' || value === null) return false
  const { text, kind, id } = value as Partial<Record<keyof MentionToken, unknown>>
  return (
    typeof text === 'string' &&
    typeof kind === 'string' &&
    kinds.includes(kind) &&
    (id === null || typeof id === 'string')
  )
}
