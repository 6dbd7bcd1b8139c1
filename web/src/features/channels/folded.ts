import { create } from 'zustand'
import type { Id } from '@/api/contract'

const key = 'beep.folded'

/** The folders that are closed; remembered on this device. */
export const useFolded = create<{ ids: ReadonlySet<Id> }>(() => ({ ids: new Set(stored()) }))

export function toggleFolded(id: Id): void {
  const ids = new Set(useFolded.getState().ids)
  if (!ids.delete(id)) ids.add(id)
  useFolded.setState({ ids })
  localStorage.setItem(key, JSON.stringify([...ids]))
}

function stored(): Id[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}
