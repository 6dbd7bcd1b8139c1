import { describe, expect, test } from 'vitest'
import { sampleMe } from '@/testing/samples'
import { closeCode, type MembersFrame, type Ready, type ServerFrame, type Subscription } from './protocol'
import { backoffMs, type Effect, type Input, initialSession, patienceMs, type Session, step } from './session'

const ready: Ready = {
  session_id: 'session-1',
  user: sampleMe(),
  settings: { language: 'en', theme: 'system', density: 'cosy' },
  servers: [],
  presences: [],
}
const hello: ServerFrame = { op: 'hello', heartbeat_interval_ms: 30_000 }
const readyFrame: ServerFrame = { op: 'event', seq: 1, type: 'ready', data: ready }
const gone = (seq: number): ServerFrame => ({
  op: 'event',
  seq,
  type: 'server.deleted',
  data: { id: String(seq) },
})

/** Runs a machine and keeps what it wanted last. */
class Machine {
  session: Session = initialSession()
  effects: Effect[] = []

  feed(...inputs: Input[]): Effect[] {
    for (const input of inputs) {
      const [session, effects] = step(this.session, input, 0.5)
      this.session = session
      this.effects = effects
    }
    return this.effects
  }

  hears(...frames: ServerFrame[]): Effect[] {
    return this.feed(...frames.map((frame): Input => ({ type: 'frame', frame })))
  }

  get sent() {
    return this.effects.flatMap((effect) => (effect.type === 'send' ? [effect.frame] : []))
  }

  get events() {
    return this.effects.flatMap((effect) => (effect.type === 'event' ? [effect.event] : []))
  }

  get waitMs(): number | null {
    const timer = this.effects.find((effect) => effect.type === 'set_timer' && effect.timer === 'reconnect')
    return timer?.type === 'set_timer' ? timer.milliseconds : null
  }

  types() {
    return this.effects.map((effect) => effect.type)
  }
}

function live(): Machine {
  const machine = new Machine()
  machine.feed({ type: 'start' })
  machine.hears(hello, readyFrame)
  return machine
}

/** Connected again after the line was cut, and greeted. */
function back(machine: Machine, code = 1006): Machine {
  machine.feed({ type: 'closed', code }, { type: 'timer', timer: 'reconnect' })
  machine.hears(hello)
  return machine
}

describe('a session begins', () => {
  test('it identifies after the greeting, and is live with `ready`', () => {
    const machine = new Machine()
    machine.feed({ type: 'start' })
    expect(machine.types()).toEqual(['clear_timers', 'open', 'set_timer'])
    machine.hears(hello)
    expect(machine.sent).toEqual([{ op: 'identify' }])
    machine.hears(readyFrame)
    expect(machine.types()).toEqual(['event', 'live'])
    expect(machine.session).toMatchObject({ phase: 'live', sessionId: 'session-1', seq: 1 })
  })

  test('starting twice opens one socket', () => {
    const machine = new Machine()
    machine.feed({ type: 'start' })
    expect(machine.feed({ type: 'start' })).toEqual([])
  })

  test('a server that says nothing is left', () => {
    const machine = new Machine()
    machine.feed({ type: 'start' }, { type: 'timer', timer: 'patience' })
    expect(machine.types()).toEqual(['close', 'clear_timers', 'set_timer'])
    expect(machine.session.phase).toBe('waiting')
  })

  test('what is on the screen is subscribed to as soon as it is live, and again after each reconnection', () => {
    const machine = new Machine()
    const subscription: Subscription = {
      server_id: 's',
      channel_id: 'c',
      member_ranges: [[0, 99]],
      user_ids: ['7'],
    }
    expect(machine.feed({ type: 'subscribe', subscription })).toEqual([])
    machine.feed({ type: 'start' })
    machine.hears(hello, readyFrame)
    expect(machine.sent).toEqual([{ op: 'subscribe', ...subscription }])
    back(machine).hears({ op: 'resumed', seq: 1 })
    expect(machine.sent).toEqual([{ op: 'subscribe', ...subscription }])
  })
})

describe('events', () => {
  test('come on in order, each once', () => {
    const machine = live()
    const seen = [2, 3, 3, 2, 4].flatMap((seq) => {
      machine.hears(gone(seq))
      return machine.events
    })
    expect(seen).toMatchObject(['2', '3', '4'].map((id) => ({ type: 'server.deleted', data: { id } })))
    expect(machine.session.seq).toBe(4)
  })

  test('what the server repeats after a resume is dropped', () => {
    const machine = live()
    machine.hears(gone(2), gone(3))
    back(machine)
    expect(machine.sent).toEqual([{ op: 'resume', session_id: 'session-1', seq: 3 }])
    machine.hears({ op: 'resumed', seq: 3 })
    expect(machine.effects).toContainEqual({ type: 'live', resumed: true })
    expect(machine.hears(gone(3))).toEqual([])
    machine.hears(gone(4))
    expect(machine.events).toHaveLength(1)
  })

  test('a gap between them is not passed over: the state is fetched anew', () => {
    const machine = live()
    machine.hears(gone(2), gone(4))
    expect(machine.types()).toEqual(['close', 'clear_timers', 'lost', 'set_timer'])
    machine.feed({ type: 'timer', timer: 'reconnect' })
    machine.hears(hello)
    expect(machine.sent).toEqual([{ op: 'identify' }])
  })

  test('presences of what is on the screen are handed on', () => {
    const machine = live()
    const presences = [{ user_id: '2', status: 'away' as const }]
    machine.hears({ op: 'subscribed', server_id: 's', channel_id: null, presences })
    expect(machine.effects).toEqual([{ type: 'presences', presences }])
  })

  test('members of the list on the screen are handed on', () => {
    const machine = live()
    const members: MembersFrame = {
      server_id: 's',
      channel_id: 'c',
      groups: [{ id: 'online', count: 1 }],
      ranges: [{ range: [0, 99], items: [] }],
    }
    machine.hears({ op: 'members', ...members })
    expect(machine.effects).toEqual([{ type: 'members', members }])
  })

  test('an error that the server tells of ends nothing', () => {
    const machine = live()
    expect(machine.hears({ op: 'error', code: 'not_a_member' })).toEqual([])
    expect(machine.session.phase).toBe('live')
  })
})

describe('a lost connection', () => {
  test('is told, and waited for longer and longer', () => {
    const machine = live()
    machine.feed({ type: 'closed', code: 1006 })
    expect(machine.types()).toContain('lost')
    const waits = [machine.waitMs]
    for (let attempt = 0; attempt < 8; attempt += 1) {
      machine.feed({ type: 'timer', timer: 'reconnect' }, { type: 'closed', code: 1006 })
      expect(machine.types()).not.toContain('lost')
      waits.push(machine.waitMs)
    }
    expect(waits).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500])
  })

  test('the wait is between half and all of its time, so that clients do not return in step', () => {
    expect(backoffMs(0, 0)).toBe(250)
    expect(backoffMs(0, 1)).toBe(500)
    expect(backoffMs(1_000, 1)).toBe(30_000)
  })

  test('a connection that is lost again at once is not made anew without end', () => {
    const machine = live()
    const waits: (number | null)[] = []
    for (let round = 0; round < 6; round += 1) {
      machine.feed({ type: 'closed', code: 4010 })
      waits.push(machine.waitMs)
      machine.feed({ type: 'timer', timer: 'reconnect' })
      machine.hears(hello, { op: 'resumed', seq: 1 })
    }
    expect(waits).toEqual([375, 750, 1_500, 3_000, 3_000, 3_000])
    machine.hears({ op: 'heartbeat_ack' })
    machine.feed({ type: 'closed', code: 1006 })
    expect(machine.waitMs).toBe(375)
  })

  test('it is tried at once when the browser is online again or the page is looked at', () => {
    const machine = live()
    machine.feed({ type: 'closed', code: 1006 }, { type: 'hurry' })
    expect(machine.types()).toContain('open')
  })

  test('a session that the server does not know any more begins anew on the same connection', () => {
    const machine = back(live())
    machine.hears({ op: 'invalid_session' })
    expect(machine.sent).toEqual([{ op: 'identify' }])
    machine.hears({ ...readyFrame, data: { ...ready, session_id: 'session-2' } } as ServerFrame)
    expect(machine.effects).toContainEqual({ type: 'live', resumed: false })
    expect(machine.session).toMatchObject({ sessionId: 'session-2', seq: 1 })
  })

  test('a server that shuts down says when to come back, and the session goes on', () => {
    const machine = live()
    machine.hears({ op: 'reconnect', after_ms: 2_000 })
    expect(machine.types()).toEqual(['close', 'clear_timers', 'lost', 'set_timer'])
    expect(machine.waitMs).toBe(2_500)
    machine.feed({ type: 'closed', code: 4012 })
    expect(machine.session.phase).toBe('waiting')
    machine.feed({ type: 'timer', timer: 'reconnect' })
    machine.hears(hello)
    expect(machine.sent).toEqual([{ op: 'resume', session_id: 'session-1', seq: 1 }])
  })
})

describe('close codes', () => {
  test.each([4000, 4009, 4010, 4012])('after %i the session is resumed', (code) => {
    expect(back(live(), code).sent).toEqual([{ op: 'resume', session_id: 'session-1', seq: 1 }])
  })

  test('who sent too much waits until the server has forgotten it, and resumes', () => {
    const machine = live()
    machine.feed({ type: 'closed', code: closeCode.rateLimited })
    expect(machine.waitMs).toBeGreaterThanOrEqual(10_000)
    machine.feed({ type: 'timer', timer: 'reconnect' })
    machine.hears(hello)
    expect(machine.sent).toMatchObject([{ op: 'resume' }])
  })

  test.each([4001, 4002, 4005, 4011])(
    'after %i, a mistake of the client, it begins anew, without hurry',
    (code) => {
      const machine = live()
      machine.feed({ type: 'closed', code })
      expect(machine.waitMs).toBeGreaterThanOrEqual(15_000)
      machine.feed({ type: 'timer', timer: 'reconnect' })
      machine.hears(hello)
      expect(machine.sent).toEqual([{ op: 'identify' }])
    },
  )

  test('a refused token is renewed, and the session resumed', () => {
    const machine = live()
    machine.feed({ type: 'closed', code: closeCode.authenticationFailed })
    expect(machine.types()).toEqual(['clear_timers', 'lost', 'renew'])
    machine.feed({ type: 'renewed', outcome: 'renewed' })
    expect(machine.waitMs).toBe(0)
    machine.feed({ type: 'timer', timer: 'reconnect' })
    machine.hears(hello)
    expect(machine.sent).toMatchObject([{ op: 'resume' }])
  })

  test('a server that refuses fresh tokens is not called in a tight circle', () => {
    const machine = live()
    const waits: (number | null)[] = []
    for (let round = 0; round < 4; round += 1) {
      machine.feed(
        { type: 'closed', code: closeCode.authenticationFailed },
        { type: 'renewed', outcome: 'renewed' },
      )
      waits.push(machine.waitMs)
      machine.feed({ type: 'timer', timer: 'reconnect' })
      machine.hears(hello)
    }
    expect(waits).toEqual([0, 750, 1_500, 3_000])
  })

  test('a renewal that gets no answer is tried later; one that is refused signs out', () => {
    const machine = live()
    machine.feed(
      { type: 'closed', code: closeCode.authenticationFailed },
      { type: 'renewed', outcome: 'unreachable' },
    )
    expect(machine.session.phase).toBe('waiting')
    machine.feed(
      { type: 'timer', timer: 'reconnect' },
      { type: 'closed', code: closeCode.authenticationFailed },
    )
    machine.feed({ type: 'renewed', outcome: 'ended' })
    expect(machine.types()).toEqual(['clear_timers', 'signed_out'])
    expect(machine.session.phase).toBe('stopped')
  })

  test('a sign-in that was ended signs out', () => {
    const machine = live()
    machine.feed({ type: 'closed', code: closeCode.sessionRevoked })
    expect(machine.types()).toEqual(['clear_timers', 'signed_out'])
    expect(machine.session.sessionId).toBeNull()
  })
})

describe('heartbeats', () => {
  test('say what arrived last; one without an answer ends the connection', () => {
    const machine = live()
    machine.hears(gone(2))
    machine.feed({ type: 'timer', timer: 'heartbeat' })
    expect(machine.sent).toEqual([{ op: 'heartbeat', seq: 2 }])
    machine.hears({ op: 'heartbeat_ack' })
    machine.feed({ type: 'timer', timer: 'heartbeat' })
    expect(machine.session.phase).toBe('live')
    machine.feed({ type: 'timer', timer: 'heartbeat' })
    expect(machine.types()).toEqual(['close', 'clear_timers', 'lost', 'set_timer'])
  })

  test('a page that slept asks at once whether the connection is worth anything', () => {
    const machine = live()
    machine.feed({ type: 'hurry' })
    expect(machine.sent).toEqual([{ op: 'heartbeat', seq: 1 }])
    expect(machine.effects).toContainEqual({
      type: 'set_timer',
      timer: 'heartbeat',
      milliseconds: patienceMs / 2,
    })
  })
})

describe('a stopped session', () => {
  test.each<Input>([
    { type: 'frame', frame: readyFrame },
    { type: 'closed', code: 1006 },
    { type: 'timer', timer: 'reconnect' },
    { type: 'timer', timer: 'heartbeat' },
    { type: 'renewed', outcome: 'renewed' },
    { type: 'hurry' },
  ])('does nothing more, whatever happens: %o', (input) => {
    const machine = live()
    machine.feed({ type: 'stop' })
    expect(machine.feed(input)).toEqual([])
    expect(machine.session.phase).toBe('stopped')
  })
})
