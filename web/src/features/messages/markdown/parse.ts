import type { Definition, Nodes, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'
import type { MentionToken } from '@/api/contract'
import { beepSyntax, beepTree } from './syntax'
import { deepest, isTame } from './tame'

/** A larger tree is shown as it was typed. */
const mostNodes = 3_000
const remembered = 400

/** What a message says. */
export interface Parsed {
  root: Root
  /** Addresses that are given apart from where they are used, by their name. */
  definitions: ReadonlyMap<string, Definition>
  /** Names of those that are used; the others are shown, lest they vanish. */
  used: ReadonlySet<string>
}

const trees = new Map<string, Parsed | null>()

/** What a message's text says, or null when it is to be shown as typed. Remembers the latest ones. */
export function parseMessage(content: string, mentions: readonly MentionToken[] = []): Parsed | null {
  const key = mentions.length === 0 ? content : `${JSON.stringify(mentions)}\0${content}`
  const known = trees.get(key)
  if (known !== undefined) return known
  const parsed = isTame(content) ? examined(parse(content, mentions)) : null
  if (trees.size >= remembered) trees.delete(trees.keys().next().value ?? '')
  trees.set(key, parsed)
  return parsed
}

function parse(content: string, mentions: readonly MentionToken[]): Root {
  return fromMarkdown(content, {
    extensions: [
      gfmStrikethrough({ singleTilde: false }),
      gfmAutolinkLiteral(),
      gfmTable(),
      gfmTaskListItem(),
      beepSyntax(mentions),
      // HTML is the text that it is.
      { disable: { null: ['htmlFlow', 'htmlText'] } },
    ],
    mdastExtensions: [
      gfmStrikethroughFromMarkdown(),
      gfmAutolinkLiteralFromMarkdown(),
      gfmTableFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
      beepTree(mentions),
    ],
  })
}

/** Null for a tree that is too large, too deep, or in which nothing would be seen. */
function examined(root: Root): Parsed | null {
  const definitions = new Map<string, Definition>()
  const used = new Set<string>()
  let [depth, nodes, visible] = [0, 0, false]
  let level: Nodes[] = [root]
  while (level.length > 0) {
    depth += 1
    nodes += level.length
    if (depth > deepest || nodes > mostNodes) return null
    for (const node of level) {
      if (node.type === 'definition' && !definitions.has(node.identifier))
        definitions.set(node.identifier, node)
      if (node.type === 'linkReference' || node.type === 'imageReference') used.add(node.identifier)
      visible ||= isSeen(node)
    }
    level = level.flatMap((node) => ('children' in node ? node.children : []))
  }
  return visible ? { root, definitions, used } : null
}

function isSeen(node: Nodes): boolean {
  if (node.type === 'text') return node.value.trim() !== ''
  return !('children' in node)
}
