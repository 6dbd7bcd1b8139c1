import { answer, http } from '@/api/client'
import type { Settings } from '@/api/contract'
import { applySettings } from '@/app/session'
import { setSettings, useStore } from '@/state/store'

/** Applies settings at once and keeps them; takes them back when that fails. */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const before = useStore.getState().settings
  setSettings({ ...before, ...changes })
  applySettings()
  try {
    setSettings(await answer(http.PATCH('/users/@me/settings', { body: changes })))
    // What was told meanwhile may have been from before.
    applySettings()
  } catch (error) {
    setSettings(before)
    applySettings()
    throw error
  }
}
