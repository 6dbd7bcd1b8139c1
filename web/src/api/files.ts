/** What the server tells of files. */
import type { Id, Message } from './contract'

/** A file of a message, or one that was uploaded for one. */
export interface Attachment {
  id: Id
  name: string
  /** What it was found to be, whatever its name says. */
  content_type: string
  /** In bytes. */
  size: number
  width: number | null
  height: number | null
  /** A ThumbHash in base64. */
  placeholder: string | null
  url: string
  thumbnail_url: string | null
  is_spoiler: boolean
}

/** The files of a message. */
export function attachmentsOf(message: Pick<Message, 'attachments'>): Attachment[] {
  return message.attachments as unknown as Attachment[]
}
