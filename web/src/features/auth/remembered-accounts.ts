import type { OwnUser } from '@/api/contract'

/** Somebody who has signed in on this device before. No secret is kept: the password is asked each time. */
export interface RememberedAccount {
  id: string
  name: string
  email: string
  avatarUrl: string | null
}

const key = 'beep.accounts'
const most = 5

/** The accounts used on this device, last used first. */
export function rememberedAccounts(): RememberedAccount[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isAccount) : []
  } catch {
    return []
  }
}

export function rememberAccount(user: OwnUser): void {
  const account = { id: user.id, name: user.display_name, email: user.email, avatarUrl: user.avatar_url }
  const others = rememberedAccounts().filter((other) => other.id !== user.id)
  localStorage.setItem(key, JSON.stringify([account, ...others].slice(0, most)))
}

export function forgetAccount(id: string): void {
  localStorage.setItem(key, JSON.stringify(rememberedAccounts().filter((account) => account.id !== id)))
}

function isAccount(value: unknown): value is RememberedAccount {
  if (typeof value !== 'object' || value === null) return false
  return 'id' in value && 'name' in value && 'email' in value && typeof value.email === 'string'
}
