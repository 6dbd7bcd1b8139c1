import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import type { Attachment } from '@/api/contract'
import { previewOf } from '../uploads'
import { FailedPicture } from './FailedPicture'
import styles from './Files.module.css'
import { placeholderImage } from './placeholder'

/** Moving pictures above this size stand still in the list. */
const largestMoving = 8 * 1024 * 1024

/** Pictures that were there before come without a stir when the list is scrolled back to them. */
const seen = new Set<string>()

interface PictureTileProps {
  picture: Attachment
  /** In its own form, not cut to that of a grid. */
  isAlone: boolean
  isFocused: boolean
  /** It was just uncovered: the focus was on what lay over it. */
  wasCovered: boolean
  onOpen: () => void
}

/** One picture of a message, in its place; opens it in full. */
export function PictureTile({ picture, isAlone, isFocused, wasCovered, onOpen }: PictureTileProps) {
  const { t } = useLingui()
  const source = sourceOf(picture)
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>(seen.has(source) ? 'shown' : 'loading')
  const button = useRef<HTMLButtonElement>(null)
  const { name, width, height } = picture

  useEffect(() => {
    if (wasCovered) button.current?.focus({ preventScroll: true })
  }, [wasCovered])

  if (state === 'failed') {
    return <FailedPicture picture={picture} isFocused={isFocused} onRetry={() => setState('loading')} />
  }
  return (
    <Button
      ref={button}
      className={styles.picture ?? ''}
      excludeFromTabOrder={!isFocused}
      aria-label={t`Show ${name} larger`}
      onPress={onOpen}
      style={state === 'loading' ? { backgroundImage: backgroundOf(picture) } : {}}
    >
      <img
        className={isAlone ? styles.whole : styles.filling}
        data-state={state}
        src={source}
        alt={name}
        width={width ?? undefined}
        height={height ?? undefined}
        loading="lazy"
        decoding="async"
        draggable={false}
        onLoad={() => {
          seen.add(source)
          setState('shown')
        }}
        onError={() => setState('failed')}
      />
    </Button>
  )
}

/** A thumbnail would stand still: who has not asked for less motion sees what moves. */
function sourceOf({ content_type, size, url, thumbnail_url }: Attachment): string {
  const moves = content_type === 'image/gif' && size <= largestMoving
  if (moves && !matchMedia('(prefers-reduced-motion: reduce)').matches) return url
  return thumbnail_url ?? url
}

function backgroundOf({ id, placeholder }: Attachment): string | undefined {
  const image = previewOf(id) ?? placeholderImage(placeholder)
  return image ? `url("${image}")` : undefined
}
