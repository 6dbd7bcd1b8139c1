import { create } from 'zustand'
import { useStore } from '@/state/store'

/** Until when an account can be kept whose deletion has begun here, told where one signs in. Gone with the page. */
export const useFarewell = create<{ until: string | null }>(() => ({ until: null }))

/** Tells it until somebody signs in. */
export function sayFarewell(until: string): void {
  useFarewell.setState({ until })
  const stop = useStore.subscribe((state, before) => {
    if (state.signedIn !== 'yes' || before.signedIn === 'yes') return
    stop()
    useFarewell.setState({ until: null })
  })
}
