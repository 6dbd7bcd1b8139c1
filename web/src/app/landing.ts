import { useEffect } from 'react'
import type { Channel, Id } from '@/api/contract'
import { type StoreState, selectChannel, selectChannels, useStore } from '@/state/store'
import type { Width } from './layout'
import { navigate, type Route } from './router'

const channelKey = (serverId: Id) => `beep.last_channel.${serverId}`
const serverKey = 'beep.last_server'

/** Remembers where the user is, to lead there the next time. */
export function rememberChannel(serverId: Id, channelId: Id): void {
  localStorage.setItem(serverKey, serverId)
  localStorage.setItem(channelKey(serverId), channelId)
}

/**
 * Leads on from addresses that are only half a place: from `/` to the server used last, from a server to its
 * channel used last or its first text channel. A phone shows the list of channels instead.
 */
export function useLanding(route: Route, width: Width): void {
  const target = useStore((state) => landingFor(state, route, width))
  useEffect(() => {
    if (!target) return
    const [serverId, channelId] = target.split('/')
    if (!serverId) return
    const next: Route = channelId ? { name: 'channel', serverId, channelId } : { name: 'server', serverId }
    navigate(next, { replace: true })
  }, [target])
}

/** `SERVER` or `SERVER/CHANNEL` to go on to, or null to stay. */
function landingFor(state: StoreState, route: Route, width: Width): string | null {
  if (!state.loaded) return null
  if (route.name === 'home' || route.name === 'missing') {
    const last = localStorage.getItem(serverKey)
    const server = last && state.servers[last] ? last : state.serverOrder[0]
    return server ?? null
  }
  if (route.name !== 'server' || width === 'narrow' || !state.servers[route.serverId]) return null
  const channel = landingChannel(state, route.serverId)
  return channel ? `${route.serverId}/${channel.id}` : null
}

function landingChannel(state: StoreState, serverId: Id): Channel | undefined {
  const remembered = selectChannel(state, localStorage.getItem(channelKey(serverId)) ?? '')
  if (remembered?.server_id === serverId && remembered.kind !== 'folder') return remembered
  return selectChannels(state, serverId).find((channel) => channel.kind === 'text')
}
