import { create } from 'zustand'

export interface ToastEntry {
  id: number
  text: string
  tone: 'plain' | 'danger'
}

const shownMs = 5_000
let lastId = 0

export const useToasts = create<{ entries: ToastEntry[] }>(() => ({ entries: [] }))

/** Tells the outcome of something that happened elsewhere; never for errors of a form. */
export function toast(text: string, tone: ToastEntry['tone'] = 'plain'): void {
  lastId += 1
  const id = lastId
  useToasts.setState(({ entries }) => ({ entries: [...entries.slice(-2), { id, text, tone }] }))
  setTimeout(() => dismissToast(id), shownMs)
}

export function dismissToast(id: number): void {
  useToasts.setState(({ entries }) => ({ entries: entries.filter((entry) => entry.id !== id) }))
}
