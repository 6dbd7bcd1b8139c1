import type { Link, LinkReference, List, ListItem, Nodes, Parents, Table } from 'mdast'
import { createElement, memo, type ReactNode } from 'react'
import type { Id, MentionToken } from '@/api/contract'
import { CodeBlock } from './CodeBlock'
import { isOnlyEmoji } from './emoji-only'
import styles from './Markdown.module.css'
import { MentionPill } from './MentionPill'
import { MomentText } from './MomentText'
import { type Marks, noMarks, withMarks } from './marks'
import { type Parsed, parseMessage } from './parse'
import { SafeLink } from './SafeLink'
import { SpoilerText } from './SpoilerText'
import { TaskMark } from './TaskMark'

interface MarkdownProps {
  content: string
  /** The server in which names mean something. */
  serverId: Id
  /** The names that the server found in the text. */
  mentions?: readonly MentionToken[]
  /** What is to stand out, as beginnings and ends in the text. */
  marks?: Marks
}

/** What the nodes of one message are drawn with. */
interface Scope extends Parsed {
  content: string
  serverId: Id
  marks: Marks
  /** Whether it stands in a link, where nothing else may be followed or pressed. */
  inLink: boolean
}

/** A message's text. Only nodes known here are drawn; there is no way to HTML. */
export const Markdown = memo(function Markdown(props: MarkdownProps) {
  const { content, serverId, mentions, marks = noMarks } = props
  if (isOnlyEmoji(content)) return <p className={styles.emoji}>{content}</p>
  const parsed = parseMessage(content, mentions)
  // A message reads in its own direction and changes that of nothing else.
  if (!parsed) {
    return (
      <p className={styles.plain} dir="auto">
        {withMarks(content, content, 0, marks)}
      </p>
    )
  }
  return (
    <div className={styles.text} dir="auto">
      {children(parsed.root, { ...parsed, content, serverId, marks, inLink: false })}
    </div>
  )
})

function children(node: Parents, scope: Scope): ReactNode[] {
  return node.children.map((child, index) => draw(child, index, scope))
}

function draw(node: Nodes, key: number, scope: Scope): ReactNode {
  switch (node.type) {
    case 'text':
      return withMarks(node.value, scope.content, node.position?.start.offset, scope.marks)
    case 'break':
      return '\n'
    case 'thematicBreak':
      return <hr key={key} />
    case 'paragraph':
      return <p key={key}>{children(node, scope)}</p>
    case 'emphasis':
      return <em key={key}>{children(node, scope)}</em>
    case 'strong':
      return <strong key={key}>{children(node, scope)}</strong>
    case 'delete':
      return <del key={key}>{children(node, scope)}</del>
    case 'spoiler':
      return <SpoilerText key={key}>{children(node, scope)}</SpoilerText>
    case 'inlineCode':
      return (
        <code key={key}>
          {withMarks(node.value.replace(/\n/g, ' '), scope.content, node.position?.start.offset, scope.marks)}
        </code>
      )
    case 'code':
      return <CodeBlock key={key} code={node.value} language={node.lang ?? null} />
    case 'blockquote':
      return <blockquote key={key}>{children(node, scope)}</blockquote>
    case 'heading':
      // The levels of the page belong to the page: a heading in a message is strong text to a screen reader.
      return createElement('p', { key, className: styles[`heading${node.depth}`] }, children(node, scope))
    case 'list':
      return list(node, key, scope)
    case 'table':
      return table(node, key, scope)
    case 'moment':
      return <MomentText key={key} {...node} />
    case 'mention':
      return <MentionPill key={key} mention={node} serverId={scope.serverId} isText={scope.inLink} />
    default:
      return drawAddress(node, key, scope)
  }
}

/** What leads elsewhere. */
function drawAddress(node: Nodes, key: number, scope: Scope): ReactNode {
  switch (node.type) {
    case 'link':
      return link(node, node.url, key, scope)
    case 'linkReference':
      return link(node, scope.definitions.get(node.identifier)?.url ?? '', key, scope)
    case 'image':
    case 'imageReference': {
      // Pictures of other places would tell them who reads what: they are shown as links.
      const url = node.type === 'image' ? node.url : (scope.definitions.get(node.identifier)?.url ?? '')
      const text = node.alt || url
      if (scope.inLink) return text
      return (
        <SafeLink key={key} address={url} text={text}>
          {text}
        </SafeLink>
      )
    }
    case 'definition': {
      if (scope.used.has(node.identifier)) return null
      const { start, end } = node.position ?? {}
      return <p key={key}>{scope.content.slice(start?.offset, end?.offset)}</p>
    }
    default:
      return 'value' in node ? node.value : 'children' in node ? children(node, scope) : null
  }
}

function link(node: Link | LinkReference, url: string, key: number, scope: Scope): ReactNode {
  const text = textOf(node)
  return (
    <SafeLink key={key} address={url} text={text}>
      {text.trim() === '' ? url : children(node, { ...scope, inLink: true })}
    </SafeLink>
  )
}

function list(node: List, key: number, scope: Scope): ReactNode {
  const isLoose = (node.spread ?? false) || node.children.some((item) => item.spread)
  const items = node.children.map((item, index) => listItem(item, index, isLoose, scope))
  return node.ordered ? (
    <ol key={key} start={node.start ?? 1}>
      {items}
    </ol>
  ) : (
    <ul key={key}>{items}</ul>
  )
}

function listItem(item: ListItem, key: number, isLoose: boolean, scope: Scope): ReactNode {
  const mark = typeof item.checked === 'boolean' && <TaskMark key="mark" done={item.checked} />
  const drawn = item.children.map((child, index) => {
    const isPlain = child.type === 'paragraph' && !isLoose
    const content = isPlain ? children(child, scope) : draw(child, index, scope)
    // The mark stands in the line of what is to be done.
    if (!mark || index > 0 || child.type !== 'paragraph') return content
    return isPlain ? [mark, content] : <p key="task">{[mark, children(child, scope)]}</p>
  })
  return (
    <li key={key} className={mark ? styles.task : undefined}>
      {drawn}
    </li>
  )
}

function table(node: Table, key: number, scope: Scope): ReactNode {
  const [head, ...rows] = node.children.map((row) =>
    row.children.map((cell, index) => ({
      align: node.align?.[index] ?? undefined,
      content: children(cell, scope),
    })),
  )
  const style = (align: 'left' | 'right' | 'center' | undefined) => (align ? { textAlign: align } : undefined)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div key={key} className={styles.table} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head?.map(({ align, content }, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a message's cells never move
              <th key={column} style={style(align)}>
                {content}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message's cells never move
            <tr key={index}>
              {row.map(({ align, content }, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a message's cells never move
                <td key={column} style={style(align)}>
                  {content}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The text of a node as a reader sees it. */
function textOf(node: Nodes): string {
  if ('value' in node) return node.value
  if ('children' in node) return node.children.map(textOf).join('')
  return 'alt' in node ? (node.alt ?? '') : ''
}
