import { useLingui } from '@lingui/react/macro'
import { useRef, useState } from 'react'
import { asProblem } from '@/api/problem'
import { Avatar } from '@/design/Avatar'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { avatarShape, bannerShape } from './crop'
import { PictureDialog } from './PictureDialog'
import styles from './ProfilePictures.module.css'

/** Which of the two. */
export type PictureKind = 'picture' | 'banner'

interface ProfilePicturesProps {
  id: string
  name: string
  picture: string | null | undefined
  banner: string | null | undefined
  /** Servers have soft corners, people are round. */
  shape: 'round' | 'soft'
  onUse: (kind: PictureKind, picture: Blob) => Promise<void>
  onRemove: (kind: PictureKind) => Promise<void>
}

/** The picture and the banner of somebody or something: others, or none. */
export function ProfilePictures({ id, name, picture, banner, shape, onUse, onRemove }: ProfilePicturesProps) {
  const { t } = useLingui()
  const [choosing, setChoosing] = useState<PictureKind | null>(null)
  const words = {
    picture: { change: t`Change picture`, remove: t`Remove picture` },
    banner: { change: t`Change banner`, remove: t`Remove banner` },
  }
  const urls = { picture, banner }

  function buttons(kind: PictureKind) {
    return (
      <PictureButtons
        {...words[kind]}
        isThere={!!urls[kind]}
        onChange={() => setChoosing(kind)}
        onRemove={() => onRemove(kind)}
      />
    )
  }

  return (
    <div className={styles.pictures}>
      <div className={styles.banner}>
        {banner && <img src={banner} alt="" className={styles.image} />}
        <div className={`${styles.icon} ${styles[shape]}`}>
          <Avatar id={id} name={name} url={picture ?? null} size={72} shape={shape} />
        </div>
      </div>
      <div className={styles.actions}>
        {buttons('picture')}
        {buttons('banner')}
      </div>
      {choosing && (
        <PictureDialog
          title={words[choosing].change}
          id={id}
          name={name}
          url={urls[choosing]}
          shape={choosing === 'picture' ? avatarShape : bannerShape}
          onUse={(chosen) => onUse(choosing, chosen)}
          onClose={() => setChoosing(null)}
        />
      )}
    </div>
  )
}

interface PictureButtonsProps {
  change: string
  remove: string
  isThere: boolean
  onChange: () => void
  onRemove: () => Promise<void>
}

function PictureButtons({ change, remove, isThere, onChange, onRemove }: PictureButtonsProps) {
  const problemText = useProblemText()
  const changing = useRef<HTMLButtonElement>(null)
  const [pending, setPending] = useState(false)

  async function takeAway() {
    setPending(true)
    try {
      await onRemove()
      // The button that was pressed is gone; whoever uses the keyboard goes on from beside it.
      changing.current?.focus()
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    } finally {
      setPending(false)
    }
  }

  return (
    <>
      <Button ref={changing} onPress={onChange}>
        {change}
      </Button>
      {isThere && (
        <Button look="quiet" isPending={pending} onPress={() => void takeAway()}>
          {remove}
        </Button>
      )}
    </>
  )
}
