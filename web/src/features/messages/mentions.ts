import type { MentionToken, Message } from '@/api/contract'
import type { StoreState } from '@/state/store'

/** More than people name in one message; the parser tries each of them. */
const mostTokens = 100
const none: readonly MentionToken[] = []
const cut = new WeakMap<MentionToken[], readonly MentionToken[]>()

/** The names that the server found in a message. The same list for the same message. */
export function tokensOf(message: Message | null): readonly MentionToken[] {
  const all = message?.mentions.tokens ?? none
  if (all.length <= mostTokens) return all
  const known = message && cut.get(message.mentions.tokens)
  if (known) return known
  const tokens = all.slice(0, mostTokens)
  if (message) cut.set(message.mentions.tokens, tokens)
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
