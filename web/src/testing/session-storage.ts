import { vi } from 'vitest'

/** Puts a session storage in the place of the browser's, and answers what is in it. */
export function stubSessionStorage(): Map<string, string> {
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    // As in a browser, its keys are its own properties.
    setItem(key: string, value: string) {
      kept.set(key, value)
      Object.assign(this, { [key]: value })
    },
    removeItem(key: string) {
      kept.delete(key)
      Reflect.deleteProperty(this, key)
    },
  })
  return kept
}
