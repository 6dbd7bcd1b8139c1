import type { MouseEvent, ReactNode } from 'react'
import { navigate } from '@/app/router'
import { useGoToMessage } from '../go-to-message'
import { conversationOf, hostToShow, safeAddress } from './addresses'
import styles from './Markdown.module.css'

interface SafeLinkProps {
  /** As it was typed. */
  address: string
  /** What the reader sees of it. */
  text: string
  children: ReactNode
}

/** A link to the web, which never looks as if it led elsewhere; any other address is no link. */
export function SafeLink({ address, text, children }: SafeLinkProps) {
  const href = safeAddress(address)
  if (!href) return <span className={styles.apart}>{children}</span>
  const host = hostToShow(text, address)
  const shown = (
    <>
      {children}
      {host && <span className={styles.host}> ({host})</span>}
    </>
  )
  if (conversationOf(href)) return <InnerLink href={href}>{shown}</InnerLink>
  return (
    <a className={styles.apart} href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {shown}
    </a>
  )
}

/** A link to a conversation here, or to a message in one: goes there without loading the page anew. */
function InnerLink({ href, children }: { href: string; children: ReactNode }) {
  const goTo = useGoToMessage()
  function follow(event: MouseEvent) {
    const place = conversationOf(href)
    if (!place || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    const { serverId, channelId, messageId } = place
    if (messageId) void goTo({ serverId, channelId, messageId })
    else navigate(place)
  }
  return (
    <a className={styles.apart} href={href} title={href} onClick={follow}>
      {children}
    </a>
  )
}
