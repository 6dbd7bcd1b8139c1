import type { Message } from '@/api/contract'
import { EmbedCard } from './EmbedCard'
import styles from './Embeds.module.css'
import { useRemoveEmbeds } from './removing'

/** The previews of a message's links. */
export default function EmbedList({ message }: { message: Message }) {
  const remove = useRemoveEmbeds(message)
  return (
    <div className={styles.list}>
      {message.embeds.map((embed) => (
        <EmbedCard key={embed.url} embed={embed} onRemove={remove} />
      ))}
    </div>
  )
}
