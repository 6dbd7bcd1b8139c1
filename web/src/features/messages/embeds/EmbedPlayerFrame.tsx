import { useLingui } from '@lingui/react/macro'
import { Play } from 'lucide-react'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import type { EmbedImage, EmbedPlayer } from '@/api/contract'
import styles from './Embeds.module.css'
import { frameAddress, playerNames, referrerPolicies, sandbox } from './players'

interface EmbedPlayerFrameProps {
  player: EmbedPlayer
  image: EmbedImage | null
  title: string
}

/** A player in its place, which contacts whose it is when the reader asks for it, and not before. */
export function EmbedPlayerFrame({ player, image, title }: EmbedPlayerFrameProps) {
  const { t } = useLingui()
  const [playing, setPlaying] = useState(false)
  const address = frameAddress(player)
  if (!address) return null
  const name = playerNames[player.kind]
  const upright = player.height > player.width && player.kind === 'youtube'
  const place =
    player.kind === 'youtube'
      ? { aspectRatio: `${player.width} / ${player.height}` }
      : { blockSize: player.height }
  if (playing) {
    return (
      <iframe
        className={`${styles.player} ${upright ? styles.upright : ''}`}
        style={place}
        src={address}
        title={t`${title}: player of ${name}`}
        sandbox={sandbox}
        referrerPolicy={referrerPolicies[player.kind]}
        allow="autoplay; encrypted-media; fullscreen; picture-in-picture"
        allowFullScreen
      />
    )
  }
  return (
    <Button
      className={`${styles.player} ${styles.offer} ${upright ? styles.upright : ''}`}
      style={place}
      onPress={() => setPlaying(true)}
      aria-label={player.kind === 'twitter' ? t`Show ${title} from ${name}` : t`Play ${title} from ${name}`}
    >
      {image && <img className={styles.still} src={image.url} alt="" loading="lazy" decoding="async" />}
      <span className={styles.play}>
        <Play size={24} aria-hidden />
      </span>
      <span className={styles.consequence}>{t`Loads content from ${name}`}</span>
    </Button>
  )
}
