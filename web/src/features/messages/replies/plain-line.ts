import type { Nodes } from 'mdast'
import type { MentionToken } from '@/api/contract'
import { parseMessage } from '../markdown/parse'
import type { Mention, Moment } from '../markdown/syntax'

const hidden = '▮▮▮'

/** What is read in place of what was typed for somebody, something or a moment. */
export type Spelling = (node: Mention | Moment) => string

/** A message in one line, without the signs of markdown. What is hidden stays so. */
export function plainLine(content: string, mentions: readonly MentionToken[], spelling: Spelling): string {
  const parsed = parseMessage(content, mentions)
  const text = parsed ? textOf(parsed.root, spelling) : content
  return text.replace(/\s+/g, ' ').trim()
}

function textOf(node: Nodes, spelling: Spelling): string {
  const inside = (children: Nodes[]) => children.map((child) => textOf(child, spelling)).join('')
  switch (node.type) {
    case 'mention':
    case 'moment':
      return spelling(node)
    case 'spoiler':
      return hidden
    case 'break':
    case 'definition':
      return ' '
    case 'image':
    case 'imageReference':
      return node.alt || ('url' in node ? node.url : '')
    case 'tableCell':
    case 'paragraph':
    case 'heading':
    case 'listItem':
      return `${inside(node.children)} `
    default:
      if ('value' in node) return node.value
      return 'children' in node ? inside(node.children) : ''
  }
}
