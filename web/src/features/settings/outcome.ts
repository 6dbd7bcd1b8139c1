const outcomes = [
  'changed',
  'unchanged',
  'confirmed',
  'another_account',
  'linked_elsewhere',
  'failed',
] as const

/** How it went at the page of the identity manager. */
export type Outcome = (typeof outcomes)[number]

/** What somebody goes to that page for; a section of the settings may have several such things. */
export type Purpose = 'email' | 'security' | 'deletion' | Unlinking

/** To unlink this provider. */
type Unlinking = `unlink-${string}`

/** What somebody wanted who comes back, by the query of the page. */
export function purposeIn(search: string): string | null {
  return new URLSearchParams(search).get('for')
}

/** The purpose of unlinking a provider. */
export function unlinking(provider: string): Unlinking {
  return `unlink-${provider}`
}

/** The provider that somebody wanted to unlink who comes back, by the query of the page. */
export function unlinkingIn(search: string): string | null {
  return /^unlink-(.+)$/.exec(purposeIn(search) ?? '')?.[1] ?? null
}

/** How it went, by the query of the page that one comes back to. */
export function outcomeIn(search: string): Outcome | null {
  const told = new URLSearchParams(search).get('security')
  return outcomes.find((outcome) => outcome === told) ?? null
}
