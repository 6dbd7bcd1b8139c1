import { plural } from '@lingui/core/macro'

/** Says of a message that it has files, where they are not shown. */
export function fileWords(count: number): string {
  return plural(count, { one: 'Attachment', other: '# attachments' })
}
