import type { Message } from '@/api/contract'

/** Both lists in order of sequence numbers, each message once; of two versions the later edited one. */
export function mergeMessages(known: Message[], incoming: Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  for (const message of incoming) byId.set(message.id, newer(byId.get(message.id), message))
  return [...byId.values()].sort((left, right) => left.seq - right.seq)
}

function newer(known: Message | undefined, incoming: Message): Message {
  if (!known) return incoming
  return (known.edited_at ?? '') > (incoming.edited_at ?? '')
    ? known
    : { ...incoming, nonce: incoming.nonce ?? known.nonce }
}
