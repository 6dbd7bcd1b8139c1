const key = 'beep.invited_with'

/** Remembers, on this tab, that a visitor wants to join with this invitation once they are signed in. */
export function intendToJoin(code: string): void {
  sessionStorage.setItem(key, code)
}

/** The invitation that the visitor wanted to join with. */
export function intended(): string | null {
  return sessionStorage.getItem(key)
}

/** Whether the visitor wanted to join with this invitation; true once. */
export function takeIntention(code: string): boolean {
  if (intended() !== code) return false
  sessionStorage.removeItem(key)
  return true
}
