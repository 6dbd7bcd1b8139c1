import { answer, http } from '@/api/client'
import type { GatewayEvent } from '@/gateway/protocol'
import { withReadStates } from '@/state/read-states'
import { useStore } from '@/state/store'

const firstRetryMs = 1_000
const longestRetryMs = 30_000
/** A channel that comes into sight so long after it was made has had messages that nobody told me of. */
const oldChannelMs = 60_000

/** The last time that they were asked for: only its answer is waited for. */
let asked = 0

/** Asks for how far I have read where the gateway did not say so. Called with every event. */
export function hearOfReadings(event: GatewayEvent): void {
  if (event.type === 'ready') {
    asked += 1
    if (!event.data.read_states) void fetchReadings(asked, firstRetryMs)
  }
  if (event.type === 'channel.created' && !(event.data.id in useStore.getState().readings)) {
    if (Date.parse(event.data.created_at) > Date.now() - oldChannelMs) return
    asked += 1
    void fetchReadings(asked, firstRetryMs)
  }
}

/** Nobody waits for them any more. */
export function forgetReadings(): void {
  asked += 1
}

async function fetchReadings(attempt: number, retryMs: number): Promise<void> {
  const page = await answer(http.GET('/users/@me/read-states')).catch(() => null)
  if (attempt !== asked) return
  if (page) useStore.setState(({ readings }) => ({ readings: withReadStates(readings, page.items) }))
  else setTimeout(() => retry(attempt, Math.min(longestRetryMs, retryMs * 2)), retryMs)
}

function retry(attempt: number, retryMs: number): void {
  if (attempt === asked) void fetchReadings(attempt, retryMs)
}
