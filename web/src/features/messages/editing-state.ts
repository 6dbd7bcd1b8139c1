import { create } from 'zustand'
import type { Message } from '@/api/contract'

/** The message whose text is being changed. */
export const useEditing = create<{ messageId: string | null }>(() => ({ messageId: null }))

export function startEditing(message: Message): void {
  useEditing.setState({ messageId: message.id })
}

export function stopEditing(): void {
  useEditing.setState({ messageId: null })
}
