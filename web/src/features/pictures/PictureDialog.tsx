import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { FormDialog } from '@/design/FormDialog'
import type { Shape } from './crop'
import { PictureField } from './PictureField'

interface PictureDialogProps {
  title: string
  id: string
  name: string
  url: string | null | undefined
  shape: Shape
  /** Keeps the picture that was cut out. */
  onUse: (picture: Blob) => Promise<void>
  onClose: () => void
}

/** Chooses a picture, cuts it out and keeps it. */
export function PictureDialog({ title, onUse, onClose, ...field }: PictureDialogProps) {
  const { t } = useLingui()
  const [picture, setPicture] = useState<Blob | null>(null)
  return (
    <FormDialog
      title={title}
      submit={t`Use this picture`}
      isDisabled={!picture}
      onSubmit={async () => {
        if (picture) await onUse(picture)
      }}
      onClose={onClose}
    >
      {() => <PictureField {...field} onPicture={setPicture} />}
    </FormDialog>
  )
}
