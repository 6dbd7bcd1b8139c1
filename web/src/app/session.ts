import { answer, http, onSignedOut, refreshSession } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { applyTheme } from '@/design/theme'
import { forgetInvitations, hearOfInvitations } from '@/features/invitations/inbox'
import { forgetDrafts, hearOfDrafts } from '@/features/messages/drafts/keeping'
import '@/features/messages/kept-messages'
import { sendQueued } from '@/features/messages/sending'
import { forgetTold } from '@/features/typing/tell-typing'
import { forgetTypists, hearOfTyping } from '@/features/typing/typists'
import { forgetReadings, hearOfReadings } from '@/features/unread/fetch-readings'
import { forgetReading } from '@/features/unread/read-up-to'
import { GatewayConnection } from '@/gateway/connection'
import type { GatewayEvent } from '@/gateway/protocol'
import { activateLanguage } from '@/i18n/locale'
import { receiveLive, receiveMemberList, receivePresences, resetStore, useStore } from '@/state/store'
import { currentRoute, navigate } from './router'

const startRetryMs = 3_000

let connection: GatewayConnection | null = null

const listeners = new Set<(event: GatewayEvent) => void>()

/** Hears every event from now on, for what is not kept in the store; gives the way to stop. */
export function onGatewayEvent(listener: (event: GatewayEvent) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Finds out whether somebody is signed in and connects if so. */
export async function startSession(): Promise<void> {
  onSignedOut(forgetSession)
  // Whoever comes back as somebody new is not who was signed in here before.
  if (useStore.getState().signedIn === 'unknown' && currentRoute().name === 'auth/complete')
    return resetStore('no')
  try {
    beginSession(await answer(http.GET('/users/@me')))
  } catch (error) {
    const problem = asProblem(error)
    if (problem.status === 401) return forgetSession()
    // No answer says nothing about who is signed in: ask again.
    setTimeout(() => void startSession(), startRetryMs)
  }
}

/** Starts working as a user who has just signed in or up. */
export function beginSession(user: OwnUser): void {
  connection?.stop()
  resetStore('yes', user)
  connection = new GatewayConnection(gatewayAddress(), {
    onEvent: (event) => {
      hearOfReadings(event)
      receiveLive(event)
      hearOfInvitations(event)
      hearOfTyping(event)
      hearOfDrafts(event)
      for (const listener of listeners) listener(event)
      if (event.type === 'ready' || event.type === 'settings.updated') applySettings()
    },
    onPresences: receivePresences,
    onMembers: receiveMemberList,
    onLive: () => {
      useStore.setState({ connection: 'live' })
      sendQueued()
    },
    onLost: () => useStore.setState({ connection: 'lost' }),
    onSignedOut: forgetSession,
    renew: refreshSession,
  })
  connection.start()
}

/** Signs out here: ends the session at the server and forgets everything. */
export async function endSession(): Promise<void> {
  await answer(http.POST('/auth/logout')).catch(() => null)
  forgetSession()
  // What was begun here outlives a reload of the page, and is nobody else's. The server has the drafts.
  sessionStorage.clear()
  // Whoever signs in next begins anew.
  navigate({ name: 'home' }, { replace: true })
}

/** The running connection, for what only it can do. */
export function gateway(): GatewayConnection | null {
  return connection
}

/** Shows the client in the language and theme of the settings. */
export function applySettings(): void {
  const { settings } = useStore.getState()
  applyTheme(settings.theme)
  document.documentElement.dataset.density = settings.density
  void activateLanguage(settings.language)
}

function forgetSession(): void {
  connection?.stop()
  connection = null
  forgetInvitations()
  forgetReading()
  forgetReadings()
  forgetTypists()
  forgetTold()
  forgetDrafts()
  resetStore('no')
}

function gatewayAddress(): string {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${location.host}/api/v1/gateway`
}
