const outcomes = ['changed', 'unchanged', 'confirmed', 'another_account', 'failed'] as const

/** How it went at the page of the identity manager. */
export type Outcome = (typeof outcomes)[number]

/** How it went, by the query of the page that one comes back to. */
export function outcomeIn(search: string): Outcome | null {
  const told = new URLSearchParams(search).get('security')
  return outcomes.find((outcome) => outcome === told) ?? null
}
