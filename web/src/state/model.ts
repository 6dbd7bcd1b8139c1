import type {
  AnsweredMessage,
  Channel,
  Id,
  Message,
  OwnUser,
  Permission,
  Role,
  Server,
  Settings,
} from '@/api/contract'
import type { Presence } from '@/gateway/protocol'
import type { MemberList } from './member-list'
import type { ChannelReading } from './read-states'
import type { ServerMembers } from './server-members'

/** A message that the server has not confirmed yet. */
export interface PendingMessage {
  nonce: string
  serverId: Id
  channelId: Id
  content: string
  /** What it answers. */
  replyTo: AnsweredMessage | null
  createdAt: string
  /** The keys of the uploads that belong to it. */
  files: string[]
  /**
   * `uploading` waits for its files, and lets others pass; `queued` waits for a connection or for the one before it;
   * `failed` waits for the user.
   */
  state: 'uploading' | 'queued' | 'sending' | 'failed'
  /** The code of the refusal of a failed one. */
  problem: string | null
}

/** Messages of a channel without holes between them, oldest first. */
export interface Stretch {
  items: Message[]
  /** Whether there are older messages than the first. */
  hasOlder: boolean
}

/** What is known of a channel's messages: the stretch that reaches to the present, and perhaps one apart from it. */
export interface MessageLog extends Stretch {
  /** The stretch on the screen when that is not the present: older, and not empty. */
  apart: Stretch | null
  /** Greatest sequence number heard of, also of messages that are gone. */
  lastSeq: number
  /** `stale`: shown, but something may be missing until it is repaired. */
  state: 'loading' | 'ready' | 'stale' | 'failed' | 'missing'
  /** The message after which some may be missing, by number; null when that can only be at the end. */
  holeAfter: number | null
  /** How often messages were changed or deleted: a page asked for before the last time may be out of date. */
  changes: number
}

/** The normalised state. Everything is replaced, never changed in place. */
export interface ClientState {
  me: OwnUser | null
  settings: Settings
  servers: Record<Id, Server>
  serverOrder: Id[]
  channels: Record<Id, Channel>
  roles: Record<Id, Role>
  /** My permissions by server, by name. */
  permissions: Record<Id, Permission[]>
  /** My permissions in channels where they are not those in the server: by server, then by channel. */
  channelPermissions: Record<Id, Record<Id, Permission[]>>
  members: Record<Id, ServerMembers>
  /** The member list on the screen. */
  memberList: MemberList | null
  /** Whose presence is told, besides that of listed members. */
  looked: Id[]
  /** What those show; absent means offline. */
  presences: Record<Id, Presence>
  messages: Record<Id, MessageLog>
  /** How far I have read, by channel; also of channels that I do not see now. */
  readings: Record<Id, ChannelReading>
  /** By channel, in the order of sending. */
  pending: Record<Id, PendingMessage[]>
}

export const defaultSettings: Settings = { language: 'en', theme: 'system', density: 'cosy' }

export function emptyState(): ClientState {
  return {
    me: null,
    settings: defaultSettings,
    servers: {},
    serverOrder: [],
    channels: {},
    roles: {},
    permissions: {},
    channelPermissions: {},
    members: {},
    memberList: null,
    looked: [],
    presences: {},
    messages: {},
    readings: {},
    pending: {},
  }
}
