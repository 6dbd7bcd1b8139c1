/**
 * Whatever happens at the server, and however the connection breaks in between: a client that heard of everything by
 * events knows the same as one that has just come.
 */
import { describe, expect, test } from 'vitest'
import type { Channel, Id, Member, Permission, Role, Server, ServerWithDetail } from '@/api/contract'
import type { GatewayEvent, Ready, ServerFrame } from '@/gateway/protocol'
import { type Input, initialSession, step } from '@/gateway/session'
import { type Chance, chanceOf } from '@/testing/chance'
import {
  sampleChannel,
  sampleMe,
  sampleMember,
  sampleRole,
  sampleServer,
  sampleUser,
} from '@/testing/samples'
import { applyEvent } from './apply-event'
import { type ClientState, emptyState } from './model'

const me = '1'

interface Place {
  server: Server
  channels: Map<Id, Channel>
  roles: Map<Id, Role>
  members: Map<Id, Member>
  permissions: Permission[]
  exceptions: Record<Id, Permission[]>
}

/** A server with the truth, which tells what it does. */
class Truth {
  places = new Map<Id, Place>()
  account = sampleMe(me)
  private lastId = 100

  constructor(private readonly chance: Chance) {}

  /** Something happens; the events that tell me of it. */
  happen(): GatewayEvent[] {
    const place = this.places.size > 0 ? this.chance.of([...this.places.values()]) : null
    if (!place) return this.join()
    const deeds = [
      () => this.join(),
      () => this.leave(place),
      () => this.renameServer(place),
      () => this.addChannel(place),
      () => this.addChannel(place),
      () => this.changeChannel(place),
      () => this.dropChannel(place),
      () => this.addRole(place),
      () => this.dropRole(place),
      () => this.giveRole(place),
      () => this.changePermissions(place),
      () => this.changePermissions(place),
      () => this.someoneJoins(place),
      () => this.someoneChanges(place),
      () => this.someoneLeaves(place),
      () => this.renameUser(place),
    ]
    return this.chance.of(deeds)()
  }

  ready(): Ready {
    const servers = [...this.places.values()].map((place) => this.detail(place))
    return {
      session_id: String(this.lastId),
      user: this.account,
      settings: { language: 'en', theme: 'system', density: 'cosy' },
      servers,
      presences: [],
    }
  }

  private id(): Id {
    this.lastId += 1
    return String(this.lastId)
  }

  private detail({ server, channels, roles, members, permissions, exceptions }: Place): ServerWithDetail {
    const mine = members.get(me) ?? sampleMember(me, server.id)
    return {
      ...server,
      channels: [...channels.values()],
      roles: [...roles.values()],
      me: mine,
      permissions,
      channel_permissions: exceptions,
    }
  }

  private join(): GatewayEvent[] {
    const server = sampleServer(this.id(), { member_count: 2 })
    const channel = sampleChannel(this.id(), server.id)
    const place: Place = {
      server,
      channels: new Map([[channel.id, channel]]),
      roles: new Map(),
      members: new Map([
        [me, { ...sampleMember(me, server.id), user: this.summary() }],
        ['2', sampleMember('2', server.id)],
      ]),
      permissions: ['view_channel'],
      exceptions: {},
    }
    this.places.set(server.id, place)
    return [{ type: 'server.created', data: this.detail(place) }]
  }

  private summary() {
    const { id, username, display_name, avatar_url } = this.account
    return { id, username, display_name, avatar_url }
  }

  private leave({ server }: Place): GatewayEvent[] {
    this.places.delete(server.id)
    return [{ type: 'server.deleted', data: { id: server.id } }]
  }

  private renameServer(place: Place): GatewayEvent[] {
    place.server = { ...place.server, name: `Server ${this.id()}` }
    return [{ type: 'server.updated', data: place.server }]
  }

  private addChannel({ server, channels }: Place): GatewayEvent[] {
    const kind = this.chance.of(['text', 'voice', 'folder'] as const)
    const data = sampleChannel(this.id(), server.id, { kind, position: channels.size })
    channels.set(data.id, data)
    return [{ type: 'channel.created', data }]
  }

  private changeChannel({ channels }: Place): GatewayEvent[] {
    if (channels.size === 0) return []
    const known = this.chance.of([...channels.values()])
    const folders = [...channels.values()].filter(({ kind }) => kind === 'folder')
    const parent_id = known.kind === 'folder' || folders.length === 0 ? null : this.chance.of(folders).id
    const data = { ...known, name: `channel ${this.id()}`, parent_id, position: this.chance.below(9) }
    channels.set(data.id, data)
    return [{ type: 'channel.updated', data }]
  }

  /** A folder takes with it what is in it. */
  private dropChannel(place: Place): GatewayEvent[] {
    const { server, channels } = place
    if (channels.size === 0) return []
    const { id } = this.chance.of([...channels.values()])
    const gone = [...channels.values()].filter((channel) => channel.id === id || channel.parent_id === id)
    for (const channel of gone) {
      channels.delete(channel.id)
      const { [channel.id]: _, ...left } = place.exceptions
      place.exceptions = left
    }
    return gone.map((channel) => ({
      type: 'channel.deleted',
      data: { id: channel.id, server_id: server.id },
    }))
  }

  private addRole({ server, roles }: Place): GatewayEvent[] {
    const data = sampleRole(this.id(), server.id, { position: roles.size })
    roles.set(data.id, data)
    return [{ type: 'role.created', data }]
  }

  private giveRole({ roles, members }: Place): GatewayEvent[] {
    if (roles.size === 0) return []
    const { id } = this.chance.of([...roles.values()])
    const known = this.chance.of([...members.values()])
    if (known.role_ids.includes(id)) return []
    const data = { ...known, role_ids: [...known.role_ids, id] }
    members.set(data.user.id, data)
    return [{ type: 'member.updated', data }]
  }

  private changePermissions(place: Place): GatewayEvent[] {
    const some = () => this.chance.of<Permission[]>([[], ['send_messages'], ['view_channel', 'connect']])
    place.permissions = some()
    const kept = [...place.channels.keys()].filter(() => this.chance.below(2) === 0)
    place.exceptions = Object.fromEntries(kept.map((id) => [id, some()]))
    const { permissions, exceptions: channel_permissions } = place
    return [
      { type: 'permissions.updated', data: { server_id: place.server.id, permissions, channel_permissions } },
    ]
  }

  private dropRole({ server, roles, members }: Place): GatewayEvent[] {
    if (roles.size === 0) return []
    const { id } = this.chance.of([...roles.values()])
    roles.delete(id)
    for (const member of members.values())
      members.set(member.user.id, { ...member, role_ids: member.role_ids.filter((held) => held !== id) })
    return [{ type: 'role.deleted', data: { id, server_id: server.id } }]
  }

  private someoneJoins(place: Place): GatewayEvent[] {
    const data = sampleMember(this.id(), place.server.id)
    place.members.set(data.user.id, data)
    place.server = { ...place.server, member_count: place.members.size }
    return [{ type: 'member.joined', data: { ...data, member_count: place.members.size } }]
  }

  private someoneChanges({ members }: Place): GatewayEvent[] {
    const known = this.chance.of([...members.values()])
    const data = { ...known, nickname: `Nick ${this.id()}` }
    members.set(data.user.id, data)
    return [{ type: 'member.updated', data }]
  }

  private someoneLeaves(place: Place): GatewayEvent[] {
    const others = [...place.members.keys()].filter((id) => id !== me)
    if (others.length === 0) return []
    const user_id = this.chance.of(others)
    place.members.delete(user_id)
    const member_count = place.members.size
    place.server = { ...place.server, member_count }
    return [{ type: 'member.left', data: { server_id: place.server.id, user_id, member_count } }]
  }

  private renameUser({ members }: Place): GatewayEvent[] {
    const { user } = this.chance.of([...members.values()])
    const renamed = { ...sampleUser(user.id, `Renamed ${this.id()}`), username: user.username }
    for (const place of this.places.values()) {
      const member = place.members.get(user.id)
      if (member) place.members.set(user.id, { ...member, user: renamed })
    }
    if (user.id !== me) return [{ type: 'user.updated', data: { ...sampleMe(user.id), ...renamed } }]
    this.account = { ...this.account, ...renamed }
    return [{ type: 'user.updated', data: this.account }]
  }
}

/** A client on a line that breaks, doubles and loses its session. */
class Client {
  state: ClientState = emptyState()
  private session = initialSession()
  /** Frames of the gateway session, and the number of the last. */
  private kept: ServerFrame[] = []
  private seq = 0
  private connected = false

  constructor(
    private readonly truth: Truth,
    private readonly chance: Chance,
  ) {
    this.feed({ type: 'start' })
    this.greet()
  }

  tell(events: GatewayEvent[]): void {
    for (const event of events) {
      this.seq += 1
      const frame: ServerFrame = { op: 'event', seq: this.seq, ...event }
      this.kept.push(frame)
      if (this.connected) this.frame(frame)
      if (this.connected && this.chance.below(10) === 0) this.frame(frame)
    }
  }

  cut(): void {
    if (!this.connected) return
    this.connected = false
    this.feed({ type: 'closed', code: 1006 })
  }

  reconnect(): void {
    if (this.connected) return
    this.feed({ type: 'timer', timer: 'reconnect' })
    this.greet()
  }

  private greet(): void {
    this.connected = true
    this.frame({ op: 'hello', heartbeat_interval_ms: 30_000 })
  }

  private frame(frame: ServerFrame): void {
    this.feed({ type: 'frame', frame })
  }

  private feed(input: Input): void {
    const [session, effects] = step(this.session, input, this.chance.next())
    this.session = session
    for (const effect of effects) {
      if (effect.type === 'event') this.state = applyEvent(this.state, effect.event)
      if (effect.type === 'send') this.answer(effect.frame)
    }
  }

  private answer(frame: { op: string; seq?: number }): void {
    if (frame.op === 'identify') {
      this.seq = 1
      this.kept = []
      this.frame({ op: 'event', seq: 1, type: 'ready', data: this.truth.ready() })
    }
    if (frame.op !== 'resume') return
    if (this.chance.below(3) === 0) {
      this.frame({ op: 'invalid_session' })
      return
    }
    const from = frame.seq ?? 0
    this.frame({ op: 'resumed', seq: from })
    // It may repeat what the client has already.
    const overlap = this.chance.below(3)
    for (const missed of this.kept.filter((kept) => 'seq' in kept && kept.seq > from - overlap))
      this.frame(missed)
  }
}

/** What a client knows of the truth; lists of members are fetched, so that only those it was told of count. */
function knowledge(state: ClientState) {
  const { me: account, servers, channels, roles, permissions, channelPermissions, members } = state
  const mine = Object.entries(members).map(([id, { byId }]) => [id, byId[me]])
  const order = [...state.serverOrder].sort()
  return {
    account,
    servers,
    channels,
    roles,
    permissions,
    channelPermissions,
    order,
    mine: Object.fromEntries(mine),
  }
}

function newcomer(truth: Truth): ClientState {
  return applyEvent(emptyState(), { type: 'ready', data: truth.ready() })
}

describe('the old `ready` and all events since are worth the new `ready`', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('course %i', (seed) => {
    const chance = chanceOf(seed)
    const truth = new Truth(chance)
    const client = new Client(truth, chance)
    for (let turn = 0; turn < 150; turn += 1) {
      client.tell(truth.happen())
      if (chance.below(12) === 0) client.cut()
      if (chance.below(6) === 0) client.reconnect()
    }
    client.reconnect()
    expect(knowledge(client.state)).toEqual(knowledge(newcomer(truth)))
  })

  test('an event that comes twice changes nothing the second time', () => {
    const chance = chanceOf(7)
    const truth = new Truth(chance)
    let state = newcomer(truth)
    for (let turn = 0; turn < 300; turn += 1) {
      for (const event of truth.happen()) {
        state = applyEvent(state, event)
        expect(knowledge(applyEvent(state, event))).toEqual(knowledge(state))
      }
    }
  })
})
