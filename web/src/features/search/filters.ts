/** What must hold of what is found. Pure, and small: it is there before the search is opened. */
export const kinds = ['from', 'in', 'has', 'before', 'after', 'mentions', 'pinned'] as const
export type FilterKind = (typeof kinds)[number]

export const hasNames = ['link', 'file', 'image', 'video', 'audio', 'embed'] as const

/** One thing that must hold of what is found. */
export interface Filter {
  kind: FilterKind
  /** An id, a day (`2026-11-25`), what it has, or `true` or `false`. */
  value: string
  /** What it is called, where the value does not say so. */
  label: string
}

/** The server looks for any of so many. */
const mostNamed = 10
const single: readonly FilterKind[] = ['before', 'after', 'mentions', 'pinned']

/** The filters with one more; of some kinds there is one alone. */
export function withFilter(filters: Filter[], added: Filter): Filter[] {
  const { kind, value } = added
  const others = filters.filter((known) =>
    single.includes(kind) ? known.kind !== kind : known.kind !== kind || known.value !== value,
  )
  const named = others.filter((known) => known.kind === kind).length
  return named < mostNamed ? [...others, added] : filters
}
