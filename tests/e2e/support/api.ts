/** What a test prepares through the public API, so that it can look at one thing in the browser. */

const BASE = `http://127.0.0.1:${process.env.BEEP_TEST_PORT}/api/v1`

export interface Account {
  id: string
  username: string
  displayName: string
  email: string
  password: string
  token: string
}

export interface Channel {
  id: string
  name: string
  kind: 'text' | 'voice' | 'folder'
  parent_id: string | null
}

export interface Server {
  id: string
  name: string
  channels: Channel[]
}

export interface Message {
  id: string
  seq: number
  content: string
}

let number = 0

/** A name that no other test uses. */
export function unique(prefix: string): string {
  number += 1
  return `${prefix}${process.pid}${Date.now().toString(36)}${number}`.toLowerCase()
}

export async function call<T>(token: string | null, method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {}
  if (token !== null) headers.authorization = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  const response = await fetch(BASE + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return (text === '' ? null : JSON.parse(text)) as T
}

export async function register(firstName = 'Ada', lastName = 'Byron'): Promise<Account> {
  const username = unique('u')
  const email = `${username}@example.org`
  const password = 'correct horse battery'
  const answer = await call<{ access_token: string; user: { id: string } }>(null, 'POST', '/auth/register', {
    first_name: firstName,
    last_name: lastName,
    username,
    email,
    password,
  })
  const displayName = `${firstName} ${lastName}`
  return { id: answer.user.id, username, displayName, email, password, token: answer.access_token }
}

export function createServer(owner: Account, name: string, visibility: 'public' | 'private' = 'public'): Promise<Server> {
  return call<Server>(owner.token, 'POST', '/servers', { name, visibility })
}

export function join(member: Account, server: Server): Promise<Server> {
  return call<Server>(member.token, 'POST', `/servers/${server.id}/join`)
}

export function createChannel(owner: Account, server: Server, channel: object): Promise<Channel> {
  return call<Channel>(owner.token, 'POST', `/servers/${server.id}/channels`, channel)
}

export function send(author: Account, server: Server, channel: Channel, content: string, reply_to?: string): Promise<Message> {
  const body = { content, ...(reply_to === undefined ? {} : { reply_to }) }
  return call<Message>(author.token, 'POST', `/servers/${server.id}/channels/${channel.id}/messages`, body)
}

export interface Attachment {
  id: string
  name: string
}

/** A file as a test makes it. */
export interface Made {
  name: string
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

/** Uploads files in one form, to be sent with a message. */
export async function attach(author: Account, server: Server, channel: Channel, files: Made[]): Promise<Attachment[]> {
  const body = new FormData()
  for (const { name, type, bytes } of files) body.append('file', new Blob([bytes], { type }), name)
  const path = `/servers/${server.id}/channels/${channel.id}/attachments`
  const response = await fetch(BASE + path, { method: 'POST', headers: { authorization: `Bearer ${author.token}` }, body })
  const text = await response.text()
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`)
  return [JSON.parse(text) as Attachment | Attachment[]].flat()
}

/** Sends files with a text, which may be empty. */
export async function sendFiles(author: Account, server: Server, channel: Channel, content: string, files: Made[]): Promise<Message> {
  const attachments = await attach(author, server, channel, files)
  const body = { content, attachment_ids: attachments.map(({ id }) => id) }
  return call<Message>(author.token, 'POST', `/servers/${server.id}/channels/${channel.id}/messages`, body)
}

export async function react(reader: Account, server: Server, channel: Channel, { id }: Message, emoji: string): Promise<void> {
  const path = `/servers/${server.id}/channels/${channel.id}/messages/${id}/reactions/${encodeURIComponent(emoji)}/@me`
  await call(reader.token, 'PUT', path)
}

export async function history(reader: Account, server: Server, channel: Channel, limit = 100): Promise<Message[]> {
  const page = await call<{ items: Message[] }>(
    reader.token,
    'GET',
    `/servers/${server.id}/channels/${channel.id}/messages?limit=${limit}`,
  )
  return page.items
}

export interface Role {
  id: string
  name: string
}

/** Makes a role with these permissions, and gives it to these members. */
export async function createRole(owner: Account, server: Server, role: object, members: Account[] = []): Promise<Role> {
  const made = await call<Role>(owner.token, 'POST', `/servers/${server.id}/roles`, role)
  for (const member of members) {
    const path = `/servers/${server.id}/members/${member.id}`
    const { role_ids } = await call<{ role_ids: string[] }>(owner.token, 'GET', path)
    await call(owner.token, 'PATCH', path, { role_ids: [...role_ids, made.id] })
  }
  return made
}

/** The channel that every new server has. */
export function general(server: Server): Channel {
  // The list is in order within each folder and at the top, and in none between them.
  const channel = server.channels.find((candidate) => candidate.kind === 'text' && candidate.parent_id === null)
  if (channel === undefined) throw new Error('a new server has a text channel')
  return channel
}
