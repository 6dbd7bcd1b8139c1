import type { Nodes, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'

/** Deeper nesting is shown as it was typed. */
const deepest = 32
/** Runs of marks longer than this mean nothing to a reader and cost the parser time beyond measure. */
const longestRun = 64
/** Marks that open something, in one message; far above what people write. */
const mostMarks = 400
const mostLines = 400
const remembered = 400

const longRun = new RegExp(`([*_~[\\]()<>\`])\\1{${longestRun}}`)
const deepLine = new RegExp(`(?:(?:[>*+-]|\\d+[.)])[ \\t]*){${deepest + 1}}`)

/**
 * What people do not expect in a chat: HTML, indented code, headings by underlining, lines that vanish because
 * they define a link, and entities.
 */
const unwanted = [
  'htmlFlow',
  'htmlText',
  'codeIndented',
  'setextUnderline',
  'definition',
  'characterReference',
  'thematicBreak',
]

const trees = new Map<string, Root | null>()

/** The tree of a message's text, or null when it is to be shown as typed. Remembers the latest ones. */
export function parseMessage(content: string): Root | null {
  const known = trees.get(content)
  if (known !== undefined) return known
  const tree = isTame(content) ? limited(parse(content)) : null
  if (trees.size >= remembered) trees.delete(trees.keys().next().value ?? '')
  trees.set(content, tree)
  return tree
}

/** An address that may be followed, or null: the web and mail only. */
export function safeAddress(address: string): string | null {
  const withScheme = address.startsWith('www.') ? `https://${address}` : address
  if (!URL.canParse(withScheme)) return null
  const url = new URL(withScheme)
  return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null
}

function parse(content: string): Root {
  return fromMarkdown(content, {
    extensions: [
      gfmStrikethrough({ singleTilde: false }),
      gfmAutolinkLiteral(),
      { disable: { null: unwanted } },
    ],
    mdastExtensions: [gfmStrikethroughFromMarkdown(), gfmAutolinkLiteralFromMarkdown()],
  })
}

/** Whether parsing takes time in proportion to the length, and no tree gets deep. */
function isTame(content: string): boolean {
  const marks = content.match(/[*_~[\]()<>`]/g)?.length ?? 0
  const lines = content.match(/\n/g)?.length ?? 0
  return marks <= mostMarks && lines <= mostLines && !longRun.test(content) && !deepLine.test(content)
}

function limited(tree: Root): Root | null {
  return depthOf(tree) > deepest ? null : tree
}

function depthOf(root: Root): number {
  let depth = 0
  let level: Nodes[] = [root]
  while (level.length > 0) {
    depth += 1
    level = level.flatMap((node) => ('children' in node ? node.children : []))
  }
  return depth
}
