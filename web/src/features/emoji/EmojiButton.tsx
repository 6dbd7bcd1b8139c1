import { useLingui } from '@lingui/react/macro'
import { Smile } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { IconButton } from '@/design/Button'
import { later } from '@/design/later'

const EmojiPopover = later(() => import('./EmojiPopover'))

/** Opens the picker; what was chosen is told once it is gone, so that the focus may go where it belongs. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useLingui()
  const button = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const picked = useRef<string | null>(null)

  useEffect(() => {
    const emoji = picked.current
    if (open || emoji === null) return
    picked.current = null
    onPick(emoji)
  }, [open, onPick])

  return (
    <>
      <IconButton
        ref={button}
        label={t`Choose an emoji`}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPress={() => setOpen(true)}
      >
        <Smile size={18} />
      </IconButton>
      {open && (
        <EmojiPopover
          anchor={button}
          onPick={(emoji) => {
            picked.current = emoji
            setOpen(false)
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
