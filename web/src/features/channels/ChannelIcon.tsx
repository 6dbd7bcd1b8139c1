import { Folder, Hash, Volume2 } from 'lucide-react'
import type { ChannelKind } from '@/api/contract'

interface ChannelIconProps {
  kind: ChannelKind
  /** Pixels across. */
  size?: number
}

/** What kind of channel it is, at a glance. */
export function ChannelIcon({ kind, size = 18 }: ChannelIconProps) {
  const icons = { text: Hash, voice: Volume2, folder: Folder }
  const Icon = icons[kind]
  return <Icon size={size} aria-hidden="true" />
}
