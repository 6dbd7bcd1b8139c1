import { type MouseEvent, useSyncExternalStore } from 'react'
import { mayLeave } from '@/design/unsaved'

/** Where the client is; every address is one of these. */
export type Route =
  | { name: 'home' }
  | { name: 'sign-in' }
  | { name: 'sign-up' }
  | { name: 'auth/complete' }
  | { name: 'forgot-password' }
  | { name: 'reset-password' }
  | { name: 'confirm-email' }
  | { name: 'discover' }
  | { name: 'settings'; section: string }
  | { name: 'invite'; code: string }
  | { name: 'server'; serverId: string }
  | { name: 'channel'; serverId: string; channelId: string; messageId?: string }
  | { name: 'server-settings'; serverId: string; section: string }
  | { name: 'channel-settings'; serverId: string; channelId: string; section: string }
  | { name: 'missing' }

const listeners = new Set<() => void>()

/** The path of what is on the screen. */
let shown = '/'

/** The secret of the link from a mail that led here. */
let linkToken: string | null = null

/** The route of an address. Pure. */
export function parseRoute(pathname: string): Route {
  const parts = pathname.split('/').filter(Boolean)
  const [first, second, third, ...rest] = parts
  if (first === 'servers') return governingRoute(parts)
  if (first === 'channels') return conversationRoute(parts)
  if (rest.length > 0) return { name: 'missing' }
  switch (first) {
    case undefined:
      return { name: 'home' }
    case 'sign-in':
    case 'sign-up':
    case 'forgot-password':
    case 'reset-password':
    case 'confirm-email':
    case 'discover':
      return second ? { name: 'missing' } : { name: first }
    case 'auth':
      return second === 'complete' && !third ? { name: 'auth/complete' } : { name: 'missing' }
    case 'settings':
      return third ? { name: 'missing' } : { name: 'settings', section: second ?? 'account' }
    case 'invite':
      return second && !third ? { name: 'invite', code: second } : { name: 'missing' }
    default:
      return { name: 'missing' }
  }
}

/** `/channels`, `/channels/SERVER`, `/channels/SERVER/CHANNEL` and `/channels/SERVER/CHANNEL/MESSAGE`. */
function conversationRoute([, serverId, channelId, messageId, ...rest]: string[]): Route {
  if (!serverId) return { name: 'home' }
  if (!channelId) return { name: 'server', serverId }
  if (!messageId) return { name: 'channel', serverId, channelId }
  if (rest.length > 0 || !/^\d+$/.test(messageId)) return { name: 'missing' }
  return { name: 'channel', serverId, channelId, messageId }
}

/** `/servers/SERVER/settings/SECTION` and `/servers/SERVER/channels/CHANNEL/settings/SECTION`. */
function governingRoute([, serverId, what, ...rest]: string[]): Route {
  if (serverId && what === 'settings' && rest.length < 2) {
    return { name: 'server-settings', serverId, section: rest[0] ?? 'overview' }
  }
  const [channelId, settings, section = 'overview', ...more] = rest
  if (serverId && what === 'channels' && channelId && settings === 'settings' && more.length === 0) {
    return { name: 'channel-settings', serverId, channelId, section }
  }
  return { name: 'missing' }
}

/** Whether a route lies over another one, which stays in sight behind it. */
export function liesOver(route: Route): boolean {
  return route.name === 'settings' || route.name === 'server-settings' || route.name === 'channel-settings'
}

/** The address of a route. */
export function pathOf(route: Route): string {
  switch (route.name) {
    case 'home':
    case 'missing':
      return '/'
    case 'settings':
      return `/settings/${route.section}`
    case 'invite':
      return `/invite/${route.code}`
    case 'server-settings':
      return `/servers/${route.serverId}/settings/${route.section}`
    case 'channel-settings':
      return `/servers/${route.serverId}/channels/${route.channelId}/settings/${route.section}`
    case 'server':
      return `/channels/${route.serverId}`
    case 'channel':
      return `/channels/${route.serverId}/${route.channelId}${route.messageId ? `/${route.messageId}` : ''}`
    default:
      return `/${route.name}`
  }
}

/**
 * Goes to a route, as a new entry of the history unless `replace`. Who would lose changes stays and is told, unless there is
 * nothing to stay at: what replaces a route does not ask. The entry of the history then knows what it took the place of.
 */
export function navigate(route: Route, options: { replace?: boolean } = {}): void {
  const path = pathOf(route)
  if (path === shown) return
  if (options.replace) history.replaceState(shown, '', path)
  else if (mayLeave()) history.pushState(null, '', path)
  else return
  show(path)
}

/** Where the client is, for what is no component. */
export function currentRoute(): Route {
  return parseRoute(shown)
}

function show(path: string): void {
  shown = path
  for (const listener of listeners) listener()
}

/** Begins at the address of the browser, and follows it. */
export function startRouter(): void {
  shown = location.pathname
  takeLinkToken()
  // The browser's own back and forward have happened when they are heard of: who may not leave is brought back.
  window.addEventListener('popstate', () => {
    if (takeLinkToken()) return show(location.pathname)
    if (location.pathname === shown) return
    if (mayLeave()) show(location.pathname)
    else history.pushState(null, '', shown)
  })
}

/** Takes a secret out of the address at once: it must not stay on the screen nor in the history. */
function takeLinkToken(): boolean {
  const [, token] = location.hash.split('#token=')
  if (!token) return false
  linkToken = token
  history.replaceState(null, '', location.pathname)
  return true
}

/** The secret of the link from a mail that led here; null after the page was loaded anew. */
export function useLinkToken(): string | null {
  return useSyncExternalStore(listen, () => linkToken)
}

/** The path now; components that need the parts use {@link useRoute}. */
function usePath(): string {
  return useSyncExternalStore(listen, () => shown)
}

/** The route now. */
export function useRoute(): Route {
  return parseRoute(usePath())
}

/** Attributes for an `<a>` that goes to a route without loading the page anew. */
export function linkTo(route: Route) {
  return {
    href: pathOf(route),
    onClick: (event: MouseEvent) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      navigate(route)
    },
  }
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
