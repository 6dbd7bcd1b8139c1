import type { Id } from '@/api/contract'

/** The ids with one of them put before or after another. Pure; the same list when nothing moves. */
export function orderAfterMove(ids: Id[], moved: Id, target: Id, side: 'before' | 'after'): Id[] {
  if (moved === target) return ids
  const rest = ids.filter((id) => id !== moved)
  const index = rest.indexOf(target)
  if (index < 0) return ids
  rest.splice(side === 'before' ? index : index + 1, 0, moved)
  return rest
}
