import type { MentionToken, Message } from '@/api/contract'

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
