import type { Nodes, Parents } from 'mdast'
import { createElement, memo, type ReactNode } from 'react'
import { CodeBlock } from './CodeBlock'
import styles from './Markdown.module.css'
import { parseMessage, safeAddress } from './parse'

interface MarkdownProps {
  content: string
}

/** A message's text. Only nodes known here are drawn; there is no way to HTML. */
export const Markdown = memo(function Markdown({ content }: MarkdownProps) {
  const tree = parseMessage(content)
  if (!tree) return <p className={styles.plain}>{content}</p>
  return <div className={styles.text}>{children(tree)}</div>
})

function children(node: Parents): ReactNode[] {
  return node.children.map((child, index) => draw(child, index))
}

function draw(node: Nodes, key: number): ReactNode {
  switch (node.type) {
    case 'text':
      return node.value
    case 'break':
      return '\n'
    case 'paragraph':
      return <p key={key}>{children(node)}</p>
    case 'emphasis':
      return <em key={key}>{children(node)}</em>
    case 'strong':
      return <strong key={key}>{children(node)}</strong>
    case 'delete':
      return <del key={key}>{children(node)}</del>
    case 'inlineCode':
      return <code key={key}>{node.value}</code>
    case 'code':
      return <CodeBlock key={key} code={node.value} language={node.lang ?? null} />
    case 'blockquote':
      return <blockquote key={key}>{children(node)}</blockquote>
    case 'heading':
      // The levels of the page belong to the page: a heading in a message is strong text to a screen reader.
      return createElement(
        'p',
        { key, className: styles[`heading${Math.min(node.depth, 3)}`] },
        children(node),
      )
    case 'list':
      return node.ordered ? (
        <ol key={key} start={node.start ?? 1}>
          {children(node)}
        </ol>
      ) : (
        <ul key={key}>{children(node)}</ul>
      )
    case 'listItem':
      return <li key={key}>{children(node)}</li>
    case 'link':
      return <Link key={key} address={node.url} text={children(node)} />
    case 'image':
      return <Link key={key} address={node.url} text={node.alt || node.url} />
    default:
      return 'value' in node ? node.value : 'children' in node ? children(node) : null
  }
}

function Link({ address, text }: { address: string; text: ReactNode }) {
  const href = safeAddress(address)
  if (!href) return <span>{text}</span>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {text}
    </a>
  )
}
