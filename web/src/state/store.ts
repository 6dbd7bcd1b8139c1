import { create } from 'zustand'
import type { Channel, Id, Member, OwnUser, Role, Server, Settings } from '@/api/contract'
import type { GatewayEvent, PresenceEntry } from '@/gateway/protocol'
import { applyEvent, applyPresences } from './apply-event'
import { type ClientState, emptyState } from './model'

export type Connection = 'connecting' | 'live' | 'lost'

interface Session {
  /** Whether somebody is signed in; `unknown` until the first answer. */
  signedIn: 'unknown' | 'no' | 'yes'
  connection: Connection
  /** Whether `ready` has been received, so that absence means something. */
  loaded: boolean
}

export type StoreState = ClientState & Session

/** The one store. Components select from it; only the functions below and those of `features` write to it. */
export const useStore = create<StoreState>(() => ({
  ...emptyState(),
  signedIn: 'unknown',
  connection: 'connecting',
  loaded: false,
}))

/** Takes over an event of the gateway. */
export function receive(event: GatewayEvent): void {
  useStore.setState((state) => ({
    ...applyEvent(state, event),
    ...(event.type === 'ready' ? { loaded: true } : {}),
  }))
}

export function receivePresences(entries: PresenceEntry[]): void {
  useStore.setState((state) => applyPresences(state, entries))
}

/** Takes over members that were fetched; `complete` when these are all. */
export function receiveMembers(serverId: Id, members: Member[], complete: boolean): void {
  useStore.setState((state) => {
    const known = state.members[serverId]
    const byId = { ...known?.byId }
    for (const member of members) byId[member.user.id] = member
    return {
      members: { ...state.members, [serverId]: { byId, complete: complete || (known?.complete ?? false) } },
    }
  })
}

/** Forgets everything of the user who was signed in. */
export function resetStore(signedIn: 'no' | 'yes', me: OwnUser | null = null): void {
  useStore.setState({ ...emptyState(), me, signedIn, connection: 'connecting', loaded: false })
}

export function setSettings(settings: Settings): void {
  useStore.setState({ settings })
}

/** My servers in the order of the rail. */
export function selectServers(state: StoreState): Server[] {
  return state.serverOrder.flatMap((id) => state.servers[id] ?? [])
}

/** A server's channels and folders by position. Not stable: wrap in `useShallow`. */
export function selectChannels(state: StoreState, serverId: Id): Channel[] {
  return Object.values(state.channels)
    .filter((channel) => channel.server_id === serverId)
    .sort((left, right) => left.position - right.position || compareIds(left.id, right.id))
}

/** A server's roles, highest first. Not stable: wrap in `useShallow`. */
export function selectRoles(state: StoreState, serverId: Id): Role[] {
  return Object.values(state.roles)
    .filter((role) => role.server_id === serverId)
    .sort((left, right) => right.position - left.position)
}

/** Whether I may do something in a server, for example `manage_channels`. */
export function mayIn(state: StoreState, serverId: Id, permission: string): boolean {
  if (state.servers[serverId]?.owner_id === state.me?.id) return true
  const mine = state.permissions[serverId] ?? []
  return mine.includes(permission) || mine.includes('administrator')
}

/** Ids in order of their number. */
export function compareIds(left: Id, right: Id): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0)
}
