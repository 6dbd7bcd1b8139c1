/** What a server tells, with everything in it that the contract asks for. */
import type { Channel, Member, Message, OwnUser, Role, Server, UserSummary } from '@/api/contract'

const time = '2026-03-04T10:00:00.000Z'

export function sampleUser(id: string, name = `User ${id}`): UserSummary {
  return { id, username: `user_${id}`, display_name: name, avatar_url: null }
}

export function sampleMe(id = '1'): OwnUser {
  return {
    ...sampleUser(id),
    banner_url: null,
    biography: '',
    status: 'online',
    status_text: '',
    created_at: time,
    first_name: 'User',
    last_name: id,
    email: `user_${id}@example.org`,
  }
}

export function sampleServer(id: string, changes: Partial<Server> = {}): Server {
  return {
    id,
    kind: 'community',
    name: `Server ${id}`,
    visibility: 'public',
    description: '',
    icon_url: null,
    banner_url: null,
    owner_id: '1',
    member_count: 1,
    default_channel_id: null,
    system_channel_id: null,
    created_at: time,
    ...changes,
  }
}

export function sampleChannel(id: string, serverId: string, changes: Partial<Channel> = {}): Channel {
  return {
    id,
    server_id: serverId,
    kind: 'text',
    name: `channel ${id}`,
    topic: null,
    parent_id: null,
    position: 0,
    private: false,
    slow_mode_seconds: 0,
    created_at: time,
    ...changes,
  }
}

export function sampleMember(userId: string, serverId: string, changes: Partial<Member> = {}): Member {
  return {
    server_id: serverId,
    user: sampleUser(userId),
    nickname: null,
    role_ids: [],
    joined_at: time,
    timeout_until: null,
    ...changes,
  }
}

export function sampleRole(id: string, serverId: string, changes: Partial<Role> = {}): Role {
  return {
    id,
    server_id: serverId,
    name: `role ${id}`,
    color: null,
    position: 0,
    hoisted: false,
    mentionable: false,
    permissions: [],
    ...changes,
  }
}

export function sampleMessage(seq: number, changes: Partial<Message> = {}): Message {
  return {
    id: String(seq),
    seq,
    server_id: 's',
    channel_id: 'c',
    kind: 'default',
    author: sampleUser('2'),
    content: `message ${seq}`,
    created_at: time,
    edited_at: null,
    pinned: false,
    mentions: { user_ids: [], role_ids: [], channel_ids: [], everyone: false, tokens: [] },
    attachments: [],
    embeds: [],
    reactions: [],
    reply_to: null,
    nonce: null,
    ...changes,
  }
}
