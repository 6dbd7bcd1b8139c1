import type { Nodes } from 'mdast'
import { parseMessage } from '../markdown/parse'

const hidden = '▮▮▮'

/** A message in one line, without the signs of markdown. What is hidden stays so. */
export function plainLine(content: string): string {
  const parsed = parseMessage(content)
  const text = parsed ? textOf(parsed.root) : content
  return text.replace(/\s+/g, ' ').trim()
}

function textOf(node: Nodes): string {
  switch (node.type) {
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
      return `${node.children.map(textOf).join('')} `
    default:
      if ('value' in node) return node.value
      return 'children' in node ? node.children.map(textOf).join('') : ''
  }
}
