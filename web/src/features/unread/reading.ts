import { useEffect, useState } from 'react'
import type { Id } from '@/api/contract'
import { useStore } from '@/state/store'
import { markOf, type ReadMark } from './first-new'
import { hurryReading, readUpTo } from './read-up-to'

interface Mark {
  /** How far the channel had been read when it was opened, or looked at again; null when nothing was new. */
  mark: ReadMark | null
  /** Nothing is new any more. */
  clear: () => void
}

/** Where the new messages of an open channel begin. It stays there while they are read. */
export function useMark(channelId: Id): Mark {
  const reading = useStore((state) => state.readings[channelId])
  // Not known yet: there are messages, but the news of how far they were read is still to come.
  const [mark, setMark] = useState<ReadMark | null | 'unknown'>(() => {
    const { readings, messages } = useStore.getState()
    const isEmpty = (messages[channelId]?.items.length ?? 0) === 0
    return readings[channelId] || isEmpty ? markOf(readings[channelId]) : 'unknown'
  })
  useEffect(() => {
    if (mark === 'unknown' && reading) setMark(markOf(reading))
  }, [mark, reading])
  useEffect(() => {
    const look = () => {
      const seen = isLookedAt() ? markOf(useStore.getState().readings[channelId]) : null
      if (seen !== null) setMark(seen)
    }
    return onLook(look)
  }, [channelId])
  return { mark: mark === 'unknown' ? null : mark, clear: () => setMark(null) }
}

/** Marks a channel as read while its newest message, `ended`, is on the screen and somebody looks at it. */
export function useReading(serverId: Id, channelId: Id, ended: boolean): void {
  const log = useStore((state) => state.messages[channelId])
  const told = useStore((state) => state.readings[channelId]?.toldSeq ?? 0)
  const [lookedAt, setLookedAt] = useState(isLookedAt)
  useEffect(() => onLook(() => setLookedAt(isLookedAt())), [])

  const newest = log?.items.at(-1)
  const heard = log?.lastSeq ?? 0
  const sees = lookedAt && ended && log?.state === 'ready' && !log.apart
  useEffect(() => {
    if (sees && newest && newest.seq > told) {
      readUpTo(serverId, channelId, Math.max(newest.seq, heard), newest.id)
    }
  }, [sees, newest, told, heard, serverId, channelId])

  useEffect(() => {
    const leave = () => hurryReading(channelId)
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [channelId])
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}

/** Calls when the window gets or loses attention. */
function onLook(listener: () => void): () => void {
  window.addEventListener('focus', listener)
  window.addEventListener('blur', listener)
  document.addEventListener('visibilitychange', listener)
  return () => {
    window.removeEventListener('focus', listener)
    window.removeEventListener('blur', listener)
    document.removeEventListener('visibilitychange', listener)
  }
}
