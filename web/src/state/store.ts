import { create } from 'zustand'
import type { Channel, Id, Member, OwnUser, Permission, Role, Server, Settings } from '@/api/contract'
import type { GatewayEvent, MembersFrame, PresenceEntry } from '@/gateway/protocol'
import { applyAllPresences, applyEvent } from './apply-event'
import { openList, rangesAround, wanting, withFrame } from './member-list'
import { type ClientState, emptyState } from './model'
import { answered, asking, noMembers, type ServerMembers, withListed } from './server-members'

export type Connection = 'connecting' | 'live' | 'lost'

interface Session {
  /** Whether somebody is signed in; `unknown` until the first answer. */
  signedIn: 'unknown' | 'no' | 'yes'
  connection: Connection
  /** Whether `ready` has been received, so that absence means something. */
  loaded: boolean
  /** How often it has been. */
  loadedAt: number
  /** The server seen as somebody sees it who holds one role and no other. */
  viewedAs: ViewedAs | null
  /** Who was signed in here before. */
  left: OwnUser | null
}

export interface ViewedAs {
  serverId: Id
  roleId: Id
  permissions: Permission[]
  /** What is allowed in each channel that such a member sees, by its id. */
  channels: Record<Id, Permission[]>
}

export type StoreState = ClientState & Session

/** The one store. Components select from it; only the functions below and those of `features` write to it. */
export const useStore = create<StoreState>(() => ({
  ...emptyState(),
  signedIn: 'unknown',
  connection: 'connecting',
  loaded: false,
  loadedAt: 0,
  viewedAs: null,
  left: null,
}))

/** How many events the gateway has brought. */
let heard = 0

/** Takes over an event of the gateway. */
export function receiveLive(event: GatewayEvent): void {
  heard += 1
  receive(event)
}

/**
 * Waits for the answer to a change and shows it, unless the gateway has brought something meanwhile: what it brought
 * may be newer, and if not, it is about to bring this change too.
 */
export async function receiveAnswer<Data>(
  asked: Promise<Data>,
  asEvents: (data: Data) => GatewayEvent[],
): Promise<void> {
  const before = heard
  const data = await asked
  if (heard === before) asEvents(data).forEach(receive)
}

/** What an answer that holds my account stands for. */
export function userUpdated(data: OwnUser): GatewayEvent[] {
  return [{ type: 'user.updated', data }]
}

/** Takes over something that is certain, whoever told. */
export function receive(event: GatewayEvent): void {
  useStore.setState((state) => ({
    ...applyEvent(state, event),
    ...(event.type === 'ready' ? { loaded: true, loadedAt: state.loadedAt + 1 } : {}),
  }))
}

/** Takes over who of those is connected whose presence is on the screen. */
export function receivePresences(entries: PresenceEntry[]): void {
  useStore.setState((state) => applyAllPresences(state, entries))
}

/** Takes over a part of the member list on the screen. */
export function receiveMemberList(frame: MembersFrame): void {
  useStore.setState((state) =>
    state.memberList ? { memberList: withFrame(state.memberList, frame) } : state,
  )
  const listed = frame.ranges.flatMap(({ items }) => items.map(({ member }) => member))
  changeMembers(frame.server_id, (members) => withListed(members, listed))
}

/** A member list comes onto the screen, or goes. */
export function showMemberList(serverId: Id, channelId: Id): () => void {
  useStore.setState({ memberList: openList(serverId, channelId) })
  return () =>
    useStore.setState((state) => (state.memberList?.channelId === channelId ? { memberList: null } : state))
}

/** These places of the member list are on the screen. */
export function wantMembers(first: number, last: number): void {
  useStore.setState(({ memberList }) =>
    memberList ? { memberList: wanting(memberList, rangesAround(first, last)) } : {},
  )
}

/** Somebody's presence is on the screen, until what this answers is called. */
export function lookAt(userId: Id): () => void {
  useStore.setState(({ looked }) => ({ looked: [...looked, userId] }))
  return () =>
    useStore.setState(({ looked }) => {
      const index = looked.indexOf(userId)
      return index < 0 ? {} : { looked: looked.toSpliced(index, 1) }
    })
}

/** Members of a server are about to be asked for; what this answers takes their answer, or none. */
export function askForMembers(serverId: Id, ids: Id[]): (found: Member[] | null) => void {
  // A session that begins anew meanwhile knows nothing of it.
  const { loadedAt } = useStore.getState()
  changeMembers(serverId, asking)
  return (found) => {
    if (useStore.getState().loadedAt !== loadedAt) return
    changeMembers(serverId, (members) => answered(members, found && { ids, found }))
  }
}

function changeMembers(serverId: Id, change: (members: ServerMembers) => ServerMembers): void {
  useStore.setState((state) => {
    if (!(serverId in state.servers)) return state
    const known = state.members[serverId] ?? noMembers()
    const next = change(known)
    return next === known ? state : { members: { ...state.members, [serverId]: next } }
  })
}

/** Forgets everything of the user who was signed in. */
export function resetStore(signedIn: 'no' | 'yes', me: OwnUser | null = null): void {
  useStore.setState((known) => ({
    ...emptyState(),
    me,
    signedIn,
    connection: 'connecting',
    loaded: false,
    viewedAs: null,
    left: known.me ?? known.left,
  }))
}

export function setSettings(settings: Settings): void {
  useStore.setState({ settings })
}

/** My servers in the order of the rail. */
export function selectServers(state: StoreState): Server[] {
  return state.serverOrder.flatMap((id) => state.servers[id] ?? [])
}

/** What the view as a role says of a server; null for one's own view. */
export function viewOf(state: StoreState, serverId: Id): ViewedAs | null {
  return state.viewedAs?.serverId === serverId ? state.viewedAs : null
}

/** A channel, unless the view as a role hides it. */
export function selectChannel(state: StoreState, channelId: Id): Channel | undefined {
  const channel = state.channels[channelId]
  const view = channel && viewOf(state, channel.server_id)
  return view && !(channelId in view.channels) ? undefined : channel
}

/** A server's channels and folders by position. Not stable: wrap in `useShallow`. */
export function selectChannels(state: StoreState, serverId: Id): Channel[] {
  return Object.values(state.channels)
    .filter((channel) => channel.server_id === serverId && selectChannel(state, channel.id))
    .sort((left, right) => left.position - right.position || compareIds(left.id, right.id))
}

/** A server's roles, highest first. Not stable: wrap in `useShallow`. */
export function selectRoles(state: StoreState, serverId: Id): Role[] {
  return Object.values(state.roles)
    .filter((role) => role.server_id === serverId)
    .sort((left, right) => right.position - left.position)
}

/** Whether I may do something in a server, for example `manage_channels`. */
export function mayIn(state: StoreState, serverId: Id, permission: Permission): boolean {
  const view = viewOf(state, serverId)
  if (view) return view.permissions.includes(permission) || view.permissions.includes('administrator')
  if (state.servers[serverId]?.owner_id === state.me?.id) return true
  const mine = state.permissions[serverId] ?? []
  return mine.includes(permission) || mine.includes('administrator')
}

/** Whether I may do something in a channel, by its overwrites and its folder's. */
export function mayInChannel(
  state: StoreState,
  serverId: Id,
  channelId: Id,
  permission: Permission,
): boolean {
  const view = viewOf(state, serverId)
  if (view) return view.channels[channelId]?.includes(permission) ?? false
  if (state.servers[serverId]?.owner_id === state.me?.id) return true
  const there = state.channelPermissions[serverId]?.[channelId]
  return there ? there.includes(permission) : mayIn(state, serverId, permission)
}

/** Ids in order of their number. */
export function compareIds(left: Id, right: Id): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0)
}
