import { later } from '@/design/later'
import type { AttachmentsProps } from './Attachments'
import { Room } from './Room'

/** The files of a message. Until the part that shows them is there, their room is kept: the list does not move. */
export const MessageFiles = later<AttachmentsProps>(() => import('./Attachments'), Room)
