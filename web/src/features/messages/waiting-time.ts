import { useEffect, useState } from 'react'
import type { Channel } from '@/api/contract'
import { mayInChannel, type StoreState, useStore } from '@/state/store'

/** Whole seconds until a moment (milliseconds since 1970), counting down; 0 when it is past. */
export function useSecondsUntil(moment: number): number {
  const [now, setNow] = useState(() => Date.now())
  const left = Math.max(Math.ceil((moment - now) / 1_000), 0)

  useEffect(() => {
    setNow(Date.now())
    if (moment <= Date.now()) return
    const ticking = setInterval(() => {
      setNow(Date.now())
      if (moment <= Date.now()) clearInterval(ticking)
    }, 250)
    return () => clearInterval(ticking)
  }, [moment])

  return left
}

/** When my time-out in a server ends, in milliseconds since 1970; 0 without one. */
export function timeOutEnd(state: StoreState, serverId: string): number {
  const until = state.members[serverId]?.byId[state.me?.id ?? '']?.timeout_until
  return until ? Date.parse(until) : 0
}

/** Whether I wait between two messages where there is slow mode. */
function isSlowed(state: StoreState, channel: Channel): boolean {
  const exempt = (['manage_messages', 'manage_channels'] as const).some((permission) =>
    mayInChannel(state, channel.id, permission),
  )
  return channel.slow_mode_seconds > 0 && !exempt
}

/** Seconds of slow mode that hold for me in a channel, and those I still have to wait. */
export function useSlowMode(channel: Channel): { every: number; left: number } {
  const slowed = useStore((state) => isSlowed(state, channel))
  const last = useStore((state) => lastOfMine(state, channel.id))
  const left = useSecondsUntil(slowed ? last + channel.slow_mode_seconds * 1_000 : 0)
  return { every: slowed ? channel.slow_mode_seconds : 0, left }
}

/** When I wrote last in a channel, also what is still under way. */
function lastOfMine(state: StoreState, channelId: string): number {
  const sent = state.messages[channelId]?.items.findLast(
    (message) => message.kind === 'default' && message.author.id === state.me?.id,
  )
  const under = state.pending[channelId]?.findLast((message) => message.state !== 'failed')
  return Math.max(Date.parse(sent?.created_at ?? '') || 0, Date.parse(under?.createdAt ?? '') || 0)
}
