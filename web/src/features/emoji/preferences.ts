/** What somebody chose before on this device. */
const recentKey = 'beep.emoji.recent'
const toneKey = 'beep.emoji.tone'
const mostRecent = 30

/** The emoji that were chosen last, the latest first. */
export function recentEmoji(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(recentKey) ?? '[]')
    return Array.isArray(stored) ? stored.filter((emoji) => typeof emoji === 'string') : []
  } catch {
    return []
  }
}

export function rememberEmoji(emoji: string): void {
  const recent = [emoji, ...recentEmoji().filter((other) => other !== emoji)].slice(0, mostRecent)
  localStorage.setItem(recentKey, JSON.stringify(recent))
}

/** From 1 (light) to 5 (dark); 0 is the yellow of cartoons. */
export function preferredTone(): number {
  const tone = Number(localStorage.getItem(toneKey))
  return Number.isInteger(tone) && tone >= 0 && tone <= 5 ? tone : 0
}

export function rememberTone(tone: number): void {
  localStorage.setItem(toneKey, String(tone))
}
