/**
 * The shapes of the contract as the client uses them. Written by hand from the contract of version 1 until the
 * files of `generated/` exist; then each name here becomes an alias of a generated one and nothing else changes.
 */

/** Ids are 64-bit numbers in decimal, kept as text because a JavaScript number cannot hold them. */
export type Id = string

export type WantedStatus = 'online' | 'away' | 'do_not_disturb' | 'invisible'
export type Presence = 'online' | 'away' | 'do_not_disturb' | 'offline'

export interface UserSummary {
  id: Id
  username: string
  display_name: string
  avatar_url: string | null
}

export interface Profile extends UserSummary {
  banner_url: string | null
  biography: string
  status: WantedStatus | Presence
  status_text: string
  created_at: string
}

export interface OwnUser extends Profile {
  first_name: string
  last_name: string
  email: string
}

export interface Settings {
  language: 'en' | 'fr'
  theme: 'system' | 'light' | 'dark'
  density: 'cosy' | 'compact'
}

export interface SignInAnswer {
  user: OwnUser
  access_token: string
  refresh_token: string
  expires_in: number
}

export interface SignedInDevice {
  id: Id
  user_agent: string
  created_at: string
  last_used_at: string
  current: boolean
}

export type Visibility = 'public' | 'private'

export interface Server {
  id: Id
  kind: 'community'
  name: string
  visibility: Visibility
  description: string
  icon_url: string | null
  banner_url: string | null
  owner_id: Id
  member_count: number
  created_at: string
}

export interface DiscoveredServer extends Server {
  joined: boolean
}

export interface Role {
  id: Id
  server_id: Id
  name: string
  color: string | null
  position: number
  hoisted: boolean
  permissions: string[]
}

export interface Member {
  server_id: Id
  user: UserSummary
  nickname: string | null
  role_ids: Id[]
  joined_at: string
  timeout_until: string | null
}

export type ChannelKind = 'text' | 'voice' | 'folder'

export interface Channel {
  id: Id
  server_id: Id
  kind: ChannelKind
  name: string
  topic: string | null
  parent_id: Id | null
  position: number
  created_at: string
}

export interface ServerWithDetail extends Server {
  channels: Channel[]
  roles: Role[]
  me: Member
  permissions: string[]
}

export interface Message {
  id: Id
  /** Position in its channel; later messages have a greater one. */
  seq: number
  server_id: Id
  channel_id: Id
  author: UserSummary
  content: string
  created_at: string
  edited_at: string | null
  pinned: boolean
  mentions: { user_ids: Id[]; role_ids: Id[]; channel_ids: Id[]; everyone: boolean }
  nonce: string | null
}

export interface Page<Item> {
  items: Item[]
  next: string | null
}

export interface Instance {
  name: string
  version: string
  features: string[]
  limits: Record<string, number>
  /** True while nobody has signed up. */
  empty?: boolean
}
