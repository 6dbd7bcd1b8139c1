import type { Id, Message, OwnUser, Profile, Role, ServerWithDetail, UserSummary } from '@/api/contract'
import type { GatewayEvent, MyPermissions, PresenceEntry, ReactionCount, Ready } from '@/gateway/protocol'
import { everywhere, withPin, withReaction } from './message-changes'
import { stale, withChangedMessage, withNewMessage, withoutMessage } from './message-log'
import type { ClientState, MessageLog } from './model'
import { withGone, withReadState, withReadStates, withSent } from './read-states'
import { aged, noMembers, type ServerMembers, withMember, withoutMember } from './server-members'

/** The state after an event. Pure; an event that is applied twice changes nothing the second time. */
export function applyEvent(state: ClientState, event: GatewayEvent): ClientState {
  switch (event.type) {
    case 'ready':
      return applyReady(state, event.data)
    case 'message.created': {
      const { data } = event
      const known = { ...state, readings: withSent(state, data) }
      const next = changeLog(known, data.channel_id, (log) => withNewMessage(log, data))
      return data.author.id === state.me?.id && data.nonce
        ? dropPending(next, data.channel_id, data.nonce)
        : next
    }
    case 'message.updated':
      return changeLog(state, event.data.channel_id, (log) => withChangedMessage(log, event.data))
    case 'message.deleted': {
      const { id, seq, channel_id } = event.data
      const known = { ...state, readings: withGone(state, channel_id, id, seq) }
      return changeLog(known, channel_id, (log) => withoutMessage(log, id, seq ?? 0))
    }
    case 'message.reaction_added':
      return applyReaction(state, event.data, true)
    case 'message.reaction_removed':
      return applyReaction(state, event.data, false)
    case 'message.pinned':
    case 'message.unpinned': {
      const { id, channel_id } = event.data
      return changeLog(state, channel_id, (log) => withPin(log, id, event.type === 'message.pinned'))
    }
    case 'channel.created':
    case 'channel.updated': {
      const channels = { ...state.channels, [event.data.id]: event.data }
      return { ...state, channels }
    }
    case 'channel.deleted':
      return dropException(dropChannel(state, event.data.id), event.data)
    case 'server.created':
      return addServer(state, event.data)
    case 'server.updated': {
      const servers = { ...state.servers, [event.data.id]: event.data }
      return { ...state, servers }
    }
    case 'server.deleted':
      return dropServer(state, event.data.id)
    case 'member.joined':
    case 'member.updated':
    case 'member.left':
      return applyMember(state, event)
    case 'role.created':
    case 'role.updated': {
      const roles = { ...state.roles, [event.data.id]: event.data }
      return { ...state, roles }
    }
    case 'role.deleted':
      return dropRole(state, event.data)
    case 'permissions.updated':
      return applyPermissions(state, event.data)
    case 'user.updated':
      return applyUser(state, event.data)
    case 'settings.updated':
      return { ...state, settings: event.data }
    case 'read_state.updated':
      return { ...state, readings: withReadState(state.readings, event.data) }
    // Where it is written, not here: `features/messages/drafts`.
    case 'draft.updated':
      return state
    case 'presence.updated':
      return applyPresences(state, [event.data])
    default:
      return state
  }
}

function applyReaction(state: ClientState, told: ReactionCount, added: boolean): ClientState {
  const { message_id, channel_id, emoji, count } = told
  const me = told.user_id === state.me?.id ? added : null
  return changeLog(state, channel_id, (log) => withReaction(log, message_id, { emoji, count, me }))
}

/** The state with these presences taken over. */
function applyPresences(state: ClientState, entries: PresenceEntry[]): ClientState {
  const presences = { ...state.presences }
  for (const entry of entries) presences[entry.user_id] = entry.status
  return { ...state, presences }
}

/** The state with all presences that are told: who is not among them is offline. */
export function applyAllPresences(state: ClientState, entries: PresenceEntry[]): ClientState {
  return applyPresences({ ...state, presences: {} }, entries)
}

/** The state without a message that was waiting, because it is confirmed or given up. */
export function dropPending(state: ClientState, channelId: Id, nonce: string): ClientState {
  const waiting = state.pending[channelId]
  if (!waiting?.some((pending) => pending.nonce === nonce)) return state
  const left = waiting.filter((pending) => pending.nonce !== nonce)
  return { ...state, pending: { ...state.pending, [channelId]: left } }
}

/** The state with a channel's log changed, if the log exists. */
export function changeLog(
  state: ClientState,
  channelId: Id,
  change: (log: MessageLog) => MessageLog,
): ClientState {
  const log = state.messages[channelId]
  if (!log) return state
  const next = change(log)
  return next === log ? state : { ...state, messages: { ...state.messages, [channelId]: next } }
}

function applyReady(state: ClientState, ready: Ready): ClientState {
  const fresh: ClientState = {
    ...state,
    me: ready.user,
    settings: ready.settings,
    servers: {},
    serverOrder: [],
    channels: {},
    roles: {},
    permissions: {},
    channelPermissions: {},
    members: {},
    presences: {},
    messages: {},
    pending: {},
  }
  const joined = ready.servers.reduce(addServer, fresh)
  // Members and messages stay on the screen until they are fetched anew; what is no longer mine goes.
  const known = mapWhere(state.members, joined.servers, aged)
  const members = Object.fromEntries(
    ready.servers.map(({ id, me }) => [id, withMember(known[id] ?? noMembers(), me)]),
  )
  const filled = { ...joined, members }
  const messages = mapWhere(state.messages, filled.channels, (log) =>
    log.state === 'ready' ? stale(log) : log,
  )
  const pending = mapWhere(state.pending, filled.channels, (list) => list)
  const readings = withReadStates(state.readings, ready.read_states ?? [])
  return applyPresences({ ...filled, messages, pending, readings }, ready.presences)
}

function addServer(state: ClientState, detail: ServerWithDetail): ClientState {
  const { channels, roles, me, permissions, channel_permissions, ...server } = detail
  const known = state.members[server.id] ?? noMembers()
  return {
    ...state,
    servers: { ...state.servers, [server.id]: server },
    serverOrder: state.serverOrder.includes(server.id)
      ? state.serverOrder
      : [...state.serverOrder, server.id],
    channels: { ...state.channels, ...keyed(channels) },
    roles: { ...state.roles, ...keyed<Role>(roles) },
    permissions: { ...state.permissions, [server.id]: permissions },
    channelPermissions: { ...state.channelPermissions, [server.id]: channel_permissions },
    members: { ...state.members, [server.id]: withMember(known, me) },
  }
}

function dropServer(state: ClientState, id: Id): ClientState {
  const channelIds = Object.values(state.channels).filter((channel) => channel.server_id === id)
  const cleared = channelIds.reduce((next, channel) => dropChannel(next, channel.id), state)
  const roles = Object.values(state.roles).filter((role) => role.server_id !== id)
  return {
    ...cleared,
    servers: without(state.servers, id),
    serverOrder: state.serverOrder.filter((entry) => entry !== id),
    roles: keyed(roles),
    permissions: without(state.permissions, id),
    channelPermissions: without(state.channelPermissions, id),
    members: without(state.members, id),
  }
}

function dropChannel(state: ClientState, id: Id): ClientState {
  return {
    ...state,
    channels: without(state.channels, id),
    messages: without(state.messages, id),
    pending: without(state.pending, id),
  }
}

interface Placed {
  id: Id
  server_id: Id
}

/** What was special in a channel that is not in sight any more. */
function dropException(state: ClientState, { id, server_id }: Placed): ClientState {
  const known = state.channelPermissions[server_id]
  if (!known || !(id in known)) return state
  return {
    ...state,
    channelPermissions: { ...state.channelPermissions, [server_id]: without(known, id) },
  }
}

/** A role that is no more is nobody's; no event tells so of each member. */
function dropRole(state: ClientState, { id, server_id }: Placed): ClientState {
  const roles = without(state.roles, id)
  const known = state.members[server_id]
  if (!known) return { ...state, roles }
  const holders = Object.values(known.byId).filter((member) => member.role_ids.includes(id))
  const stripped = holders.reduce(
    (members, member) =>
      withMember(members, { ...member, role_ids: member.role_ids.filter((held) => held !== id) }),
    known,
  )
  return { ...state, roles, members: { ...state.members, [server_id]: stripped } }
}

function applyPermissions(state: ClientState, mine: MyPermissions): ClientState {
  if (!(mine.server_id in state.servers)) return state
  return {
    ...state,
    permissions: { ...state.permissions, [mine.server_id]: mine.permissions },
    channelPermissions: { ...state.channelPermissions, [mine.server_id]: mine.channel_permissions },
  }
}

type MemberEvent = Extract<GatewayEvent, { type: 'member.joined' | 'member.updated' | 'member.left' }>

function applyMember(state: ClientState, event: MemberEvent): ClientState {
  const serverId = event.data.server_id
  const server = state.servers[serverId]
  if (!server) return state
  const known = state.members[serverId] ?? noMembers()
  const withMembers = (members: ServerMembers) => ({ ...state.members, [serverId]: members })
  if (event.type === 'member.updated') {
    return { ...state, members: withMembers(withMember(known, event.data)) }
  }
  const count = event.data.member_count ?? server.member_count
  const servers = { ...state.servers, [serverId]: { ...server, member_count: count } }
  if (event.type === 'member.left') {
    return { ...state, servers, members: withMembers(withoutMember(known, event.data.user_id)) }
  }
  const { member_count: _, ...member } = event.data
  return { ...state, servers, members: withMembers(withMember(known, member)) }
}

function applyUser(state: ClientState, user: Profile | OwnUser): ClientState {
  const summary: UserSummary = {
    id: user.id,
    username: user.username,
    display_name: user.display_name,
    avatar_url: user.avatar_url,
  }
  const members = { ...state.members }
  for (const [serverId, known] of Object.entries(members)) {
    const member = known.byId[user.id]
    if (member) members[serverId] = withMember(known, { ...member, user: summary })
  }
  const messages = { ...state.messages }
  for (const [channelId, log] of Object.entries(messages)) {
    const isTheirs = ({ author, reply_to }: Message) =>
      author.id === user.id || reply_to?.author?.id === user.id
    if (log.items.some(isTheirs) || log.apart?.items.some(isTheirs)) {
      messages[channelId] = everywhere(log, (items) =>
        items.map((item) => (isTheirs(item) ? renamed(item, summary) : item)),
      )
    }
  }
  const me = state.me?.id === user.id ? { ...state.me, ...user } : state.me
  return { ...state, me, members, messages }
}

/** A message with somebody's name of today, as its author and as whom it answers. */
function renamed(message: Message, user: UserSummary): Message {
  const author = message.author.id === user.id ? user : message.author
  const { reply_to } = message
  if (reply_to?.author?.id !== user.id) return { ...message, author }
  return { ...message, author, reply_to: { ...reply_to, author: user } }
}

function keyed<Item extends { id: Id }>(items: Item[]): Record<Id, Item> {
  return Object.fromEntries(items.map((item) => [item.id, item]))
}

function without<Value>(record: Record<Id, Value>, id: Id): Record<Id, Value> {
  if (!(id in record)) return record
  const { [id]: _, ...rest } = record
  return rest
}

function mapWhere<Value>(
  record: Record<Id, Value>,
  kept: Record<Id, unknown>,
  change: (value: Value) => Value,
): Record<Id, Value> {
  const entries = Object.entries(record).filter(([id]) => id in kept)
  return Object.fromEntries(entries.map(([id, value]) => [id, change(value)]))
}
