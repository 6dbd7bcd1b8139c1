import { useSyncExternalStore } from 'react'
import { create } from 'zustand'

const membersKey = 'beep.members_shown'

/** `wide` from 1024 px, `medium` from 640 px, `narrow` below: one pane at a time. */
export type Width = 'wide' | 'medium' | 'narrow'

const wide = window.matchMedia('(min-width: 1024px)')
const narrow = window.matchMedia('(max-width: 639.98px)')

/** The width class of the window. */
export function useWidth(): Width {
  return useSyncExternalStore(listen, currentWidth)
}

function currentWidth(): Width {
  if (wide.matches) return 'wide'
  return narrow.matches ? 'narrow' : 'medium'
}

function listen(listener: () => void): () => void {
  for (const query of [wide, narrow]) query.addEventListener('change', listener)
  return () => {
    for (const query of [wide, narrow]) query.removeEventListener('change', listener)
  }
}

interface Panels {
  /** The member list beside the conversation (wide). */
  membersShown: boolean
  /** The member list over the conversation (medium and narrow). */
  membersDrawer: boolean
}

export const usePanels = create<Panels>(() => ({
  membersShown: localStorage.getItem(membersKey) !== 'no',
  membersDrawer: false,
}))

/** Shows or hides the member list, as it is shown at this width. */
export function toggleMembers(): void {
  const { membersShown, membersDrawer } = usePanels.getState()
  if (currentWidth() !== 'wide') {
    usePanels.setState({ membersDrawer: !membersDrawer })
    return
  }
  usePanels.setState({ membersShown: !membersShown })
  localStorage.setItem(membersKey, membersShown ? 'no' : 'yes')
}
