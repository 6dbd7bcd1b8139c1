import type { DragEvent } from 'react'
import { create } from 'zustand'
import type { Channel, ChannelPlace, Id } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { selectChannels, useStore } from '@/state/store'
import { placesBeside, placesInto } from './channel-places'
import { moveChannels } from './move-channels'

/** Where something is dropped: beside what it is held over, or into it. */
type Side = 'before' | 'after' | 'into'

/** What is being dragged, and what it is held over. */
const useDrag = create<{ moved: Channel | null; over: { id: Id; side: Side } | null }>(() => ({
  moved: null,
  over: null,
}))

/**
 * Attributes that let a channel or folder be dragged, and others be dropped there. By keyboard and touch the same is
 * done by “move” in its menu.
 */
export function useChannelDrag(target: Channel, enabled: boolean) {
  const problemText = useProblemText()
  const side = useDrag((state) => (state.over?.id === target.id ? state.over.side : undefined))
  if (!enabled) return {}

  function hold(event: DragEvent<HTMLElement>) {
    const { moved } = useDrag.getState()
    const next = moved && sideOf(moved, target, event)
    if (!next) return
    event.preventDefault()
    if (next !== side) useDrag.setState({ over: { id: target.id, side: next } })
  }

  function drop(event: DragEvent<HTMLElement>) {
    const { moved, over } = useDrag.getState()
    useDrag.setState({ moved: null, over: null })
    if (!moved || over?.id !== target.id) return
    event.preventDefault()
    moveChannels(target.server_id, placesOf(moved, target, over.side)).catch((error: unknown) =>
      toast(problemText(asProblem(error)), 'danger'),
    )
  }

  return {
    draggable: true,
    'data-drop': side,
    onDragStart: (event: DragEvent<HTMLElement>) => {
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData('text/plain', target.name)
      useDrag.setState({ moved: target })
    },
    onDragOver: hold,
    onDragLeave: () => side && useDrag.setState({ over: null }),
    onDrop: drop,
    onDragEnd: () => useDrag.setState({ moved: null, over: null }),
  }
}

/** Where it would go; null where it cannot. Folders stand beside folders only. */
function sideOf(moved: Channel, target: Channel, event: DragEvent<HTMLElement>): Side | null {
  if (moved.id === target.id || moved.server_id !== target.server_id) return null
  const folders = [moved, target].filter((channel) => channel.kind === 'folder').length
  if (folders === 1) return target.kind === 'folder' ? 'into' : null
  const { top, height } = event.currentTarget.getBoundingClientRect()
  return event.clientY < top + height / 2 ? 'before' : 'after'
}

function placesOf(moved: Channel, target: Channel, side: Side): ChannelPlace[] {
  const channels = selectChannels(useStore.getState(), target.server_id)
  return side === 'into' ? placesInto(channels, moved, target) : placesBeside(channels, moved, target, side)
}
