import type { WantedStatus } from '@/api/contract'
import type { Renewal } from '@/api/transport'
import type { GatewayEvent, MembersFrame, PresenceEntry, ServerFrame, Subscription } from './protocol'
import { type Effect, type Input, initialSession, step, type Timer } from './session'

export interface ConnectionListener {
  onEvent: (event: GatewayEvent) => void
  onPresences: (presences: PresenceEntry[]) => void
  onMembers: (members: MembersFrame) => void
  /** The connection works. `resumed` is false when the state came anew with `ready`. */
  onLive: (resumed: boolean) => void
  onLost: () => void
  onSignedOut: () => void
  renew: () => Promise<Renewal>
}

/** Runs the session machine on a real socket and real timers. */
export class GatewayConnection {
  private session = initialSession()
  private socket: WebSocket | null = null
  private readonly timers = new Map<Timer, ReturnType<typeof setTimeout>>()

  constructor(
    private readonly address: string,
    private readonly listener: ConnectionListener,
  ) {}

  start(): void {
    window.addEventListener('online', this.hurry)
    window.addEventListener('offline', this.hurry)
    document.addEventListener('visibilitychange', this.hurryWhenVisible)
    this.feed({ type: 'start' })
  }

  stop(): void {
    window.removeEventListener('online', this.hurry)
    window.removeEventListener('offline', this.hurry)
    document.removeEventListener('visibilitychange', this.hurryWhenVisible)
    this.feed({ type: 'stop' })
  }

  /** Tells what is on the screen; kept over reconnections. */
  subscribe(subscription: Subscription): void {
    this.feed({ type: 'subscribe', subscription })
  }

  /** Tells how this user wants to be seen. */
  sendPresence(status: WantedStatus): void {
    this.send({ op: 'presence', status })
  }

  private readonly hurry = () => this.feed({ type: 'hurry' })

  private readonly hurryWhenVisible = () => {
    if (document.visibilityState === 'visible') this.hurry()
  }

  private feed(input: Input): void {
    const [session, effects] = step(this.session, input, Math.random())
    this.session = session
    for (const effect of effects) this.carryOut(effect)
  }

  private carryOut(effect: Effect): void {
    const { listener } = this
    switch (effect.type) {
      case 'open':
        this.open()
        break
      case 'close':
        this.close()
        break
      case 'send':
        this.send(effect.frame)
        break
      case 'set_timer':
        this.setTimer(effect.timer, effect.milliseconds)
        break
      case 'clear_timers':
        for (const handle of this.timers.values()) clearTimeout(handle)
        this.timers.clear()
        break
      case 'event':
        listener.onEvent(effect.event)
        break
      case 'presences':
        listener.onPresences(effect.presences)
        break
      case 'members':
        listener.onMembers(effect.members)
        break
      case 'live':
        listener.onLive(effect.resumed)
        break
      case 'lost':
        listener.onLost()
        break
      case 'renew':
        void listener.renew().then((outcome) => this.feed({ type: 'renewed', outcome }))
        break
      case 'signed_out':
        listener.onSignedOut()
        break
    }
  }

  private open(): void {
    this.close()
    const socket = new WebSocket(this.address)
    this.socket = socket
    socket.onmessage = (message) => {
      const frame = parseFrame(message.data)
      if (frame && this.socket === socket) this.feed({ type: 'frame', frame })
    }
    socket.onclose = (event) => {
      if (this.socket !== socket) return
      this.socket = null
      this.feed({ type: 'closed', code: event.code })
    }
  }

  private close(): void {
    const socket = this.socket
    this.socket = null
    socket?.close(1000)
  }

  private send(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame))
  }

  private setTimer(timer: Timer, milliseconds: number): void {
    clearTimeout(this.timers.get(timer))
    const fire = () => this.feed({ type: 'timer', timer })
    this.timers.set(timer, setTimeout(fire, milliseconds))
  }
}

function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame: unknown = JSON.parse(data)
    if (typeof frame === 'object' && frame !== null && 'op' in frame) return frame as ServerFrame
  } catch {
    // A frame that is not JSON says nothing; the heartbeat finds out whether the connection is worth keeping.
  }
  return null
}
