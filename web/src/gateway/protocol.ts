import type {
  Channel,
  Draft,
  Id,
  Invitation,
  Member,
  Message,
  OwnUser,
  Permission,
  Profile,
  ReadState,
  Role,
  Server,
  ServerWithDetail,
  Settings,
  UserSummary,
  WantedStatus,
} from '@/api/contract'

/** How somebody is seen by others. */
export type Presence = 'online' | 'away' | 'do_not_disturb' | 'offline'

export interface PresenceEntry {
  user_id: Id
  status: Presence
}

export interface Ready {
  session_id: string
  user: OwnUser
  settings: Settings
  servers: ServerWithDetail[]
  presences: PresenceEntry[]
  /** Null when they could not be had; an older server says nothing of them. */
  read_states?: ReadState[] | null
}

/** What I may do in a server, and in channels of it where that differs. */
export interface MyPermissions {
  server_id: Id
  permissions: Permission[]
  channel_permissions: Record<Id, Permission[]>
}

/** Places in a member list, from 0, both ends included. */
export type MemberRange = [first: number, last: number]

/** A group of a member list: of a role that stands apart, of the others who are connected, or of the rest. */
export interface MemberGroup {
  id: Id | 'online' | 'offline'
  count: number
}

export interface ListedMember {
  member: Member
  status: Presence
}

/** Who sees a channel: all groups, and those parts of what was asked for that changed. */
export interface MembersFrame {
  server_id: Id
  channel_id: Id
  groups: MemberGroup[]
  ranges: { range: MemberRange; items: ListedMember[] }[]
}

/** What is on the screen, of which more is told than of the rest. */
export interface Subscription {
  server_id: Id | null
  channel_id: Id | null
  /** Parts of the channel's member list. */
  member_ranges: MemberRange[]
  /** Whose presence is told besides. */
  user_ids: Id[]
}

/** How often a message is reacted to with an emoji, and through whom that changed: null when all were removed. */
export interface ReactionCount {
  message_id: Id
  seq: number
  server_id: Id
  channel_id: Id
  emoji: string
  user_id: Id | null
  count: number
}

/** A message of which something is told, by whom. */
export interface PinTold {
  id: Id
  seq: number
  server_id: Id
  channel_id: Id
  user_id: Id
}

/** Somebody writes in a channel. */
export interface Typing {
  server_id: Id
  channel_id: Id
  user: UserSummary
  started_at: string
}

/** What the server tells, by type. Types that are not listed come from newer servers and are ignored. */
export type GatewayEvent =
  | { type: 'ready'; data: Ready }
  | { type: 'message.created'; data: Message }
  | { type: 'message.updated'; data: Message }
  | { type: 'message.deleted'; data: { id: Id; seq?: number; server_id: Id; channel_id: Id } }
  | { type: 'message.reaction_added' | 'message.reaction_removed'; data: ReactionCount }
  | { type: 'message.pinned' | 'message.unpinned'; data: PinTold }
  | { type: 'typing.started'; data: Typing }
  | { type: 'channel.created'; data: Channel }
  | { type: 'channel.updated'; data: Channel }
  | { type: 'channel.deleted'; data: { id: Id; server_id: Id } }
  | { type: 'server.created'; data: ServerWithDetail }
  | { type: 'server.updated'; data: Server }
  | { type: 'server.deleted'; data: { id: Id } }
  | { type: 'member.joined'; data: Member & { member_count?: number } }
  | { type: 'member.updated'; data: Member }
  | { type: 'member.left'; data: { server_id: Id; user_id: Id; member_count?: number } }
  | { type: 'role.created'; data: Role }
  | { type: 'role.updated'; data: Role }
  | { type: 'role.deleted'; data: { id: Id; server_id: Id } }
  | { type: 'permissions.updated'; data: MyPermissions }
  | {
      type: 'invitation.received' | 'invitation.accepted' | 'invitation.declined'
      data: Invitation
    }
  | { type: 'invitation.revoked'; data: { code: string; server_id: Id } }
  | { type: 'user.updated'; data: Profile | OwnUser }
  | { type: 'user.security_changed'; data: null }
  | { type: 'settings.updated'; data: Settings }
  | { type: 'read_state.updated'; data: ReadState }
  | { type: 'draft.updated'; data: Draft }
  | { type: 'presence.updated'; data: PresenceEntry }

export type ServerFrame =
  | { op: 'hello'; heartbeat_interval_ms: number }
  | { op: 'heartbeat_ack' }
  | ({ op: 'event'; seq: number } & GatewayEvent)
  | { op: 'resumed'; seq: number }
  | { op: 'invalid_session'; reason?: string }
  | { op: 'reconnect'; after_ms?: number }
  | { op: 'subscribed'; server_id: Id | null; channel_id: Id | null; presences: PresenceEntry[] }
  | ({ op: 'members' } & MembersFrame)
  | { op: 'error'; code: string; detail?: string }

export type ClientFrame =
  | { op: 'identify' }
  | { op: 'resume'; session_id: string; seq: number }
  | { op: 'heartbeat'; seq: number }
  | ({ op: 'subscribe' } & Subscription)
  | { op: 'presence'; status: WantedStatus }

/** Why the server closed the connection; only those the client treats differently. */
export const closeCode = {
  unknownOperation: 4001,
  malformedFrame: 4002,
  authenticationFailed: 4004,
  alreadyIdentified: 4005,
  rateLimited: 4008,
  frameTooLarge: 4011,
  sessionRevoked: 4013,
} as const
