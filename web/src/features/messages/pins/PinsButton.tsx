import { useLingui } from '@lingui/react/macro'
import { Pin } from 'lucide-react'
import { useState } from 'react'
import type { Channel } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { later } from '@/design/later'

const PinsPanel = later(() => import('./PinsPanel'))

/** Opens the pinned messages of a channel. */
export function PinsButton({ channel }: { channel: Channel }) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  return (
    <>
      <IconButton
        label={t`Pinned messages`}
        placement="bottom"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPress={() => setOpen(true)}
      >
        <Pin size={20} />
      </IconButton>
      {open && <PinsPanel channel={channel} onClose={() => setOpen(false)} />}
    </>
  )
}
