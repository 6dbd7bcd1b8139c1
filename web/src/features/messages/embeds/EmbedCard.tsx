import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import type { CSSProperties } from 'react'
import type { Embed } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { SafeLink } from '../markdown/SafeLink'
import { EmbedPicture } from './EmbedPicture'
import { EmbedPlayerFrame } from './EmbedPlayerFrame'
import styles from './Embeds.module.css'
import { isSign } from './picture-size'

interface EmbedCardProps {
  embed: Embed
  /** Removes all previews of the message; null for who may not. */
  onRemove: (() => void) | null
}

/** What a link leads to. All that it says is said by the page, so that beside it stands where it really leads. */
export function EmbedCard({ embed, onRemove }: EmbedCardProps) {
  const { t } = useLingui()
  const { url } = embed
  const [image, player] = [embed.image ?? null, embed.player ?? null]
  const host = URL.canParse(url) ? new URL(url).host : url
  const title = embed.title ?? embed.provider ?? host
  const remove = onRemove && (
    <span className={styles.remove}>
      <IconButton label={t`Remove the previews`} small onPress={onRemove}>
        <X size={14} />
      </IconButton>
    </span>
  )
  if (embed.kind === 'image' && image) {
    return (
      <div className={styles.bare}>
        <SafeLink address={url} text={host}>
          <EmbedPicture image={image} label={t`Picture from ${host}`} />
        </SafeLink>
        {remove}
      </div>
    )
  }
  const beside = image !== null && !player && isSign(image.width, image.height)
  const picture = image && !player && <EmbedPicture image={image} label="" />
  const stripe = embed.color ? ({ '--stripe': embed.color } as CSSProperties) : undefined
  return (
    <section
      className={`${styles.card} ${beside ? styles.beside : ''} ${onRemove ? styles.removable : ''}`}
      style={stripe}
      aria-label={t`Preview: ${title}`}
    >
      <div className={styles.words}>
        <p className={styles.from}>
          {embed.provider && <bdi>{embed.provider}</bdi>}
          {embed.provider && ' · '}
          <bdi>{host}</bdi>
        </p>
        <p className={styles.title}>
          <SafeLink address={url} text={title}>
            <bdi>{title}</bdi>
          </SafeLink>
        </p>
        {embed.author && (
          <p className={styles.author}>
            <bdi>{embed.author}</bdi>
          </p>
        )}
        {embed.description && (
          <p className={styles.description}>
            <bdi>{embed.description}</bdi>
          </p>
        )}
      </div>
      {picture}
      {player && <EmbedPlayerFrame player={player} image={image} title={title} />}
      {remove}
    </section>
  )
}
