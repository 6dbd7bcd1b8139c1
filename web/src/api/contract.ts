/**
 * The operations of the contract in the shape `openapi-typescript` writes. Replaced by the intersection of
 * `generated/*.ts` once the contracts are committed.
 */
import type {
  Channel,
  ChannelKind,
  DiscoveredServer,
  Id,
  Instance,
  Member,
  Message,
  OwnUser,
  Page,
  Profile,
  Role,
  Server,
  ServerWithDetail,
  Settings,
  SignedInDevice,
  SignInAnswer,
  Visibility,
  WantedStatus,
} from './model'
import type { ProblemBody } from './problem'

interface Request {
  path?: unknown
  query?: unknown
  body?: unknown
}

type Path<R> = R extends { path: infer P } ? { path: P } : { path?: never }
type Query<R> = R extends { query: infer Q } ? { query?: Q } : { query?: never }
type Body<R> = R extends { body: infer B }
  ? { requestBody: { content: { 'application/json': B } } }
  : { requestBody?: never }

type Operation<Answer, R extends Request = Record<never, never>> = Body<R> & {
  parameters: Path<R> & Query<R> & { header?: never; cookie?: never }
  responses: {
    200: { headers: Record<string, unknown>; content: { 'application/json': Answer } }
    default: { headers: Record<string, unknown>; content: { 'application/problem+json': ProblemBody } }
  }
}

type InServer = { path: { server_id: Id } }
type InChannel = { path: { server_id: Id; channel_id: Id } }
type OfMessage = { path: { server_id: Id; channel_id: Id; message_id: Id } }
type Paging = { limit?: number; after?: string }

export interface Registration {
  first_name: string
  last_name: string
  username: string
  email: string
  password: string
}

export interface paths {
  '/auth/register': { post: Operation<SignInAnswer, { body: Registration }> }
  '/auth/login': { post: Operation<SignInAnswer, { body: { email: string; password: string } }> }
  '/auth/logout': { post: Operation<undefined> }
  '/auth/providers': { get: Operation<{ items: unknown[]; password: boolean; registration: boolean }> }
  '/instance': { get: Operation<Instance> }
  '/users/@me': {
    get: Operation<OwnUser>
    patch: Operation<OwnUser, { body: OwnUserChanges }>
  }
  '/users/@me/avatar': { delete: Operation<OwnUser> }
  '/users/@me/sessions': { get: Operation<Page<SignedInDevice>> }
  '/users/@me/sessions/{session_id}': { delete: Operation<undefined, { path: { session_id: Id } }> }
  '/users/@me/settings': {
    get: Operation<Settings>
    patch: Operation<Settings, { body: Partial<Settings> }>
  }
  '/users/@me/servers': { get: Operation<Page<Server>> }
  '/users/{user_id}': { get: Operation<Profile, { path: { user_id: Id } }> }
  '/servers': { post: Operation<ServerWithDetail, { body: { name: string; visibility: Visibility } }> }
  '/servers/discover': {
    get: Operation<Page<DiscoveredServer>, { query: Paging & { query?: string } }>
  }
  '/servers/{server_id}': {
    get: Operation<ServerWithDetail | Server, InServer>
    patch: Operation<Server, InServer & { body: ServerChanges }>
    delete: Operation<undefined, InServer>
  }
  '/servers/{server_id}/join': { post: Operation<ServerWithDetail, InServer> }
  '/servers/{server_id}/leave': { post: Operation<undefined, InServer> }
  '/servers/{server_id}/members': {
    get: Operation<Page<Member>, InServer & { query: Paging & { query?: string } }>
  }
  '/servers/{server_id}/roles': { get: Operation<Page<Role>, InServer> }
  '/servers/{server_id}/channels': {
    get: Operation<Page<Channel>, InServer>
    post: Operation<Channel, InServer & { body: NewChannel }>
    patch: Operation<Page<Channel>, InServer & { body: { channels: ChannelPlace[] } }>
  }
  '/servers/{server_id}/channels/{channel_id}': {
    get: Operation<Channel, InChannel>
    patch: Operation<Channel, InChannel & { body: ChannelChanges }>
    delete: Operation<undefined, InChannel>
  }
  '/servers/{server_id}/channels/{channel_id}/messages': {
    get: Operation<Page<Message>, InChannel & { query: MessageRange }>
    post: Operation<Message, InChannel & { body: { content: string; nonce?: string } }>
  }
  '/servers/{server_id}/channels/{channel_id}/messages/{message_id}': {
    patch: Operation<Message, OfMessage & { body: { content: string } }>
    delete: Operation<undefined, OfMessage>
  }
}

export interface OwnUserChanges {
  first_name?: string
  last_name?: string
  biography?: string
  status?: WantedStatus
  status_text?: string
}

export interface ServerChanges {
  name?: string
  visibility?: Visibility
  description?: string
}

export interface NewChannel {
  name: string
  kind: ChannelKind
  parent_id?: Id | null
  topic?: string | null
}

export interface ChannelChanges {
  name?: string
  topic?: string | null
  parent_id?: Id | null
  position?: number
}

export interface ChannelPlace {
  id: Id
  position: number
  parent_id: Id | null
}

export interface MessageRange {
  limit?: number
  before?: Id
  after?: Id
  around?: Id
}
