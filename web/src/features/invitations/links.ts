import { useEffect, useState } from 'react'
import type { Invitation } from '@/api/contract'

const copiedForMs = 2_000

/** The whole address of an invitation, for others. */
export function linkOf(invitation: Invitation): string {
  return `${location.origin}${invitation.url}`
}

/** Copies a text, and says for a moment that it did. */
export function useCopied(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), copiedForMs)
    return () => clearTimeout(timer)
  }, [copied])
  return [
    copied,
    (text) => {
      navigator.clipboard.writeText(text).then(
        () => setCopied(true),
        () => undefined,
      )
    },
  ]
}
