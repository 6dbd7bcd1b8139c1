import type { OwnUser } from '@/api/contract'

/** Somebody who has signed in on this device before. No secret is kept: the password is asked each time. */
export interface RememberedAccount {
  id: string
  name: string
  email: string
  avatarUrl: string | null
  /** From when on there is no such account any more, as far as it was told here. */
  erasedAt?: string | null
}

const key = 'beep.accounts'
const most = 5

/** The accounts used on this device, last used first. Of those that are erased nothing is kept. */
export function rememberedAccounts(): RememberedAccount[] {
  const stored = kept()
  const left = stored.filter(({ erasedAt }) => !erasedAt || Date.parse(erasedAt) > Date.now())
  if (left.length < stored.length) keep(left)
  return left
}

export function rememberAccount(user: OwnUser): void {
  const account: RememberedAccount = {
    id: user.id,
    name: user.display_name,
    email: user.email,
    avatarUrl: user.avatar_url ?? null,
    erasedAt: user.deletion_at ?? null,
  }
  const others = kept().filter((other) => other.id !== user.id)
  keep([account, ...others].slice(0, most))
}

/** An account that is known here will be erased then, or is kept after all. */
export function noteErasure(id: string, erasedAt: string | null): void {
  keep(kept().map((account) => (account.id === id ? { ...account, erasedAt } : account)))
}

export function forgetAccount(id: string): void {
  keep(kept().filter((account) => account.id !== id))
}

function kept(): RememberedAccount[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isAccount) : []
  } catch {
    return []
  }
}

function keep(accounts: RememberedAccount[]): void {
  localStorage.setItem(key, JSON.stringify(accounts))
}

function isAccount(value: unknown): value is RememberedAccount {
  if (typeof value !== 'object' || value === null) return false
  return 'id' in value && 'name' in value && 'email' in value && typeof value.email === 'string'
}
