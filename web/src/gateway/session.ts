/**
 * The gateway session as a pure state machine: no socket, no clock, no randomness. Whoever runs it passes what
 * happened and carries out the effects it returns, in order.
 */
import {
  type ClientFrame,
  closeCode,
  type GatewayEvent,
  type MembersFrame,
  type PresenceEntry,
  type ServerFrame,
  type Subscription,
} from './protocol'

type Phase =
  /** Not wanted: signed out, or never started. */
  | 'stopped'
  /** A socket is being opened, or is open and has not said hello. */
  | 'connecting'
  /** Waiting for `ready`. */
  | 'identifying'
  /** Waiting for `resumed`. */
  | 'resuming'
  | 'live'
  /** Waiting before the next attempt. */
  | 'waiting'
  /** Waiting for the access token to be renewed. */
  | 'renewing'

export interface Session {
  phase: Phase
  sessionId: string | null
  /** Number of the last event that was handed on. */
  seq: number
  /** Attempts since the last connection that proved to hold. */
  attempts: number
  heartbeatMs: number
  heartbeatAnswered: boolean
  subscription: Subscription
}

export type Timer = 'heartbeat' | 'reconnect' | 'patience'

export type Input =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'frame'; frame: ServerFrame }
  | { type: 'closed'; code: number }
  | { type: 'timer'; timer: Timer }
  /** The browser came online, or the page became visible again. */
  | { type: 'hurry' }
  | { type: 'renewed'; outcome: 'renewed' | 'ended' | 'unreachable' }
  | { type: 'subscribe'; subscription: Subscription }

export type Effect =
  | { type: 'open' }
  | { type: 'close' }
  | { type: 'send'; frame: ClientFrame }
  | { type: 'set_timer'; timer: Timer; milliseconds: number }
  | { type: 'clear_timers' }
  | { type: 'event'; event: GatewayEvent }
  /** The presences of all who were asked for, at once. */
  | { type: 'presences'; presences: PresenceEntry[] }
  | { type: 'members'; members: MembersFrame }
  | { type: 'live'; resumed: boolean }
  | { type: 'lost' }
  | { type: 'renew' }
  | { type: 'signed_out' }

type Step = [Session, Effect[]]

/** How long to wait for the next frame of a handshake. */
export const patienceMs = 10_000
const longestWaitMs = 30_000
const firstWaitMs = 500
/** The server counts frames over this time. */
const rateLimitMs = 10_000
/** Attempts that a new connection starts with at most: one that is lost at once is not made anew without end. */
const attemptsAfterLive = 3
/** Only a client that is wrong is closed with these. */
const mistakes: ReadonlySet<number> = new Set([
  closeCode.unknownOperation,
  closeCode.malformedFrame,
  closeCode.alreadyIdentified,
  closeCode.frameTooLarge,
])

export function initialSession(): Session {
  return {
    phase: 'stopped',
    sessionId: null,
    seq: 0,
    attempts: 0,
    heartbeatMs: 30_000,
    heartbeatAnswered: true,
    subscription: { server_id: null, channel_id: null, member_ranges: [], user_ids: [] },
  }
}

/**
 * Milliseconds before attempt number `attempts` (from 0): doubles from half a second to half a minute, of which
 * between half and all is waited, so that clients do not return in step. `random` is in 0..1.
 */
export function backoffMs(attempts: number, random: number): number {
  const full = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts, 10))
  return spread(full, random)
}

/** Between half of it and all of it. */
function spread(milliseconds: number, random: number): number {
  return Math.round(milliseconds * (0.5 + random / 2))
}

/** What follows from `input`. `random` is a fresh number in 0..1. */
export function step(session: Session, input: Input, random: number): Step {
  switch (input.type) {
    case 'start':
      return session.phase === 'stopped' ? open({ ...session, attempts: 0 }) : [session, []]
    case 'stop':
      return [
        { ...initialSession(), subscription: session.subscription },
        [{ type: 'clear_timers' }, { type: 'close' }],
      ]
    case 'frame':
      return session.phase === 'stopped' ? [session, []] : onFrame(session, input.frame, random)
    case 'closed':
      return onClosed(session, input.code, random)
    case 'timer':
      return onTimer(session, input.timer, random)
    case 'hurry':
      return onHurry(session)
    case 'renewed':
      return onRenewed(session, input.outcome, random)
    case 'subscribe':
      return subscribe(session, input.subscription)
  }
}

function open(session: Session): Step {
  return [
    { ...session, phase: 'connecting', heartbeatAnswered: true },
    [
      { type: 'clear_timers' },
      { type: 'open' },
      { type: 'set_timer', timer: 'patience', milliseconds: patienceMs },
    ],
  ]
}

function wait(session: Session, milliseconds: number): Step {
  const wasLive = session.phase === 'live'
  return [
    { ...session, phase: 'waiting', attempts: session.attempts + 1 },
    [
      { type: 'clear_timers' },
      ...(wasLive ? [{ type: 'lost' } as const] : []),
      { type: 'set_timer', timer: 'reconnect', milliseconds },
    ],
  ]
}

function onFrame(session: Session, frame: ServerFrame, random: number): Step {
  switch (frame.op) {
    case 'hello':
      return greet({ ...session, heartbeatMs: frame.heartbeat_interval_ms }, random)
    case 'heartbeat_ack':
      return [{ ...session, heartbeatAnswered: true, attempts: 0 }, []]
    case 'event':
      return onEvent(session, frame, random)
    case 'resumed':
      return goLive({ ...session, seq: Math.max(session.seq, frame.seq) }, true)
    case 'invalid_session': {
      const fresh: Session = { ...session, phase: 'identifying', sessionId: null, seq: 0 }
      return [fresh, [{ type: 'send', frame: { op: 'identify' } }]]
    }
    case 'reconnect': {
      const [next, effects] = wait({ ...session, attempts: 0 }, (frame.after_ms ?? 0) + random * 1_000)
      return [next, [{ type: 'close' }, ...effects]]
    }
    case 'subscribed':
      return [session, [{ type: 'presences', presences: frame.presences }]]
    case 'members': {
      const { op: _, ...members } = frame
      return [session, [{ type: 'members', members }]]
    }
    case 'error':
      return [session, []]
  }
}

function greet(session: Session, random: number): Step {
  const frame: ClientFrame = session.sessionId
    ? { op: 'resume', session_id: session.sessionId, seq: session.seq }
    : { op: 'identify' }
  const first = spread(session.heartbeatMs, random)
  return [
    { ...session, phase: session.sessionId ? 'resuming' : 'identifying', heartbeatAnswered: true },
    [
      { type: 'send', frame },
      { type: 'set_timer', timer: 'patience', milliseconds: patienceMs },
      { type: 'set_timer', timer: 'heartbeat', milliseconds: first },
    ],
  ]
}

function onEvent(session: Session, frame: { seq: number } & GatewayEvent, random: number): Step {
  const { seq, ...event } = frame
  if (event.type === 'ready') {
    const [live, effects] = goLive({ ...session, sessionId: event.data.session_id, seq }, false)
    return [live, [{ type: 'event', event }, ...effects]]
  }
  // After a resume the server repeats what it is not sure we have.
  if (seq <= session.seq) return [session, []]
  // One is missing, which must not happen: what is known cannot be trusted any more, so it is fetched anew.
  if (seq > session.seq + 1) return giveUp({ ...session, sessionId: null, seq: 0 }, random)
  return [{ ...session, seq }, [{ type: 'event', event }]]
}

function goLive(session: Session, resumed: boolean): Step {
  const effects: Effect[] = [{ type: 'live', resumed }]
  if (session.subscription.server_id) {
    effects.push({ type: 'send', frame: { op: 'subscribe', ...session.subscription } })
  }
  const attempts = Math.min(session.attempts, attemptsAfterLive)
  return [{ ...session, phase: 'live', attempts }, effects]
}

function onClosed(session: Session, code: number, random: number): Step {
  if (session.phase === 'stopped' || session.phase === 'waiting' || session.phase === 'renewing') {
    return [session, []]
  }
  if (code === closeCode.sessionRevoked) {
    return [initialSession(), [{ type: 'clear_timers' }, { type: 'signed_out' }]]
  }
  if (code === closeCode.authenticationFailed) {
    const lost: Effect[] = session.phase === 'live' ? [{ type: 'lost' }] : []
    return [{ ...session, phase: 'renewing' }, [{ type: 'clear_timers' }, ...lost, { type: 'renew' }]]
  }
  if (mistakes.has(code)) {
    // Whatever led to it is not repeated in a hurry, nor in the same session.
    return wait({ ...session, sessionId: null, seq: 0 }, spread(longestWaitMs, random))
  }
  const pause = code === closeCode.rateLimited ? spread(rateLimitMs * 2, random) : 0
  return wait(session, Math.max(pause, backoffMs(session.attempts, random)))
}

function onTimer(session: Session, timer: Timer, random: number): Step {
  if (timer === 'reconnect') return session.phase === 'waiting' ? open(session) : [session, []]
  if (timer === 'patience') {
    const waits =
      session.phase === 'connecting' || session.phase === 'identifying' || session.phase === 'resuming'
    return waits ? giveUp(session, random) : [session, []]
  }
  if (session.phase === 'waiting' || session.phase === 'stopped') return [session, []]
  if (!session.heartbeatAnswered) return giveUp(session, random)
  return [
    { ...session, heartbeatAnswered: false },
    [
      { type: 'send', frame: { op: 'heartbeat', seq: session.seq } },
      { type: 'set_timer', timer: 'heartbeat', milliseconds: session.heartbeatMs },
    ],
  ]
}

/** Leaves a connection that is silent. */
function giveUp(session: Session, random: number): Step {
  const [next, effects] = wait(session, backoffMs(session.attempts, random))
  return [next, [{ type: 'close' }, ...effects]]
}

function onHurry(session: Session): Step {
  if (session.phase === 'waiting') return open({ ...session, attempts: 0 })
  if (session.phase !== 'live') return [session, []]
  // A socket that slept may be dead without knowing: ask now, and expect the answer soon.
  return [
    { ...session, heartbeatAnswered: false },
    [
      { type: 'send', frame: { op: 'heartbeat', seq: session.seq } },
      { type: 'set_timer', timer: 'heartbeat', milliseconds: patienceMs / 2 },
    ],
  ]
}

function onRenewed(session: Session, outcome: 'renewed' | 'ended' | 'unreachable', random: number): Step {
  if (session.phase !== 'renewing') return [session, []]
  if (outcome === 'ended') return [initialSession(), [{ type: 'clear_timers' }, { type: 'signed_out' }]]
  // Even after a renewal not at once: a server that keeps refusing must not be called in a tight circle.
  const pause = outcome === 'renewed' && session.attempts === 0 ? 0 : backoffMs(session.attempts, random)
  return wait(session, pause)
}

function subscribe(session: Session, subscription: Subscription): Step {
  const next = { ...session, subscription }
  return [
    next,
    session.phase === 'live' ? [{ type: 'send', frame: { op: 'subscribe', ...subscription } }] : [],
  ]
}
