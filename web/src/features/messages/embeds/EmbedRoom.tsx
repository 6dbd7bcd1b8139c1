import type { Message } from '@/api/contract'
import styles from './Embeds.module.css'
import { isSign, sizeWithin } from './picture-size'

/** The room that previews take, without them. */
export function EmbedRoom({ message }: { message: Message }) {
  return (
    <div className={styles.list} aria-hidden="true">
      {message.embeds.map(({ url, image, kind }) => (
        <div key={url} className={kind === 'image' ? styles.bare : `${styles.card} ${styles.room}`}>
          {image && (kind === 'image' || !isSign(image.width, image.height)) && (
            <div style={sizeWithin(image.width, image.height)} />
          )}
        </div>
      ))}
    </div>
  )
}
