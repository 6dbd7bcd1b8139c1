/** Players of others, in frames. Nothing of them is loaded before somebody asks for it. Pure. */
import type { EmbedPlayer } from '@/api/contract'

/** Where each player is: the only places that the page may frame (its content policy says the same). */
const origins: Record<EmbedPlayer['kind'], string> = {
  youtube: 'https://www.youtube-nocookie.com',
  spotify: 'https://open.spotify.com',
  twitter: 'https://platform.twitter.com',
}

/** Whose player it is, by name. */
export const playerNames: Record<EmbedPlayer['kind'], string> = {
  youtube: 'YouTube',
  spotify: 'Spotify',
  twitter: 'X',
}

/** What a player learns of where it is framed: YouTube refuses to play for a page that does not say which site it is of. */
export const referrerPolicies: Record<EmbedPlayer['kind'], 'strict-origin' | 'no-referrer'> = {
  youtube: 'strict-origin',
  spotify: 'no-referrer',
  twitter: 'no-referrer',
}

/** What a frame may do: what its player needs, and never to lead the page itself elsewhere. */
export const sandbox = 'allow-scripts allow-same-origin allow-popups allow-presentation'

/** What the frame shows, or null when that is not where the player is. */
export function frameAddress({ kind, url }: EmbedPlayer): string | null {
  if (!URL.canParse(url)) return null
  const address = new URL(url)
  if (address.origin !== origins[kind] || address.username !== '' || address.password !== '') return null
  // It was asked for by a click.
  if (kind === 'youtube') address.searchParams.set('autoplay', '1')
  return address.href
}
