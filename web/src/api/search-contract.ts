/** The operations of search, as the server describes them; its generated contract comes in place of this. */
import type { components } from './generated/messages'

type Message = components['schemas']['Message']

interface FoundMessage {
  message: Message
  channel_id: string
  /** Beginnings and ends in `content`, in UTF-16 units. */
  highlights: number[][]
}

export interface FoundMessages {
  items: FoundMessage[]
  next?: string | null
  total: number
  total_is_capped: boolean
  /** False while messages are still being taken into the index. */
  is_complete: boolean
}

export interface SearchQuery {
  query?: string
  author?: string[]
  has?: ('link' | 'file' | 'image' | 'video' | 'audio' | 'embed')[]
  mentions?: string
  pinned?: boolean
  before?: string
  after?: string
  sort?: 'newest' | 'relevant' | 'oldest'
  limit?: number
  cursor?: string
}

interface Search<Path, Query> {
  parameters: { query?: never; header?: never; path: Path; cookie?: never }
  get: {
    parameters: { query?: Query; header?: never; path: Path; cookie?: never }
    requestBody?: never
    responses: {
      200: { headers: Record<string, unknown>; content: { 'application/json': FoundMessages } }
    }
  }
}

export interface SearchPaths {
  '/api/v1/servers/{server_id}/channels/{channel_id}/search': Search<
    { server_id: string; channel_id: string },
    SearchQuery
  >
  '/api/v1/servers/{server_id}/search': Search<{ server_id: string }, SearchQuery & { channel?: string[] }>
}
