import { useLingui } from '@lingui/react/macro'
import { Skeleton, useAfter } from '@/design/Skeleton'
import styles from './ChannelScreen.module.css'

const widths = ['62%', '38%', '80%', '46%', '70%', '30%', '55%']

/** Where messages will be; nothing for the first moments. */
export function MessagesSkeleton() {
  const { t } = useLingui()
  const late = useAfter(300)
  return (
    <div className={styles.skeletons} role="status" aria-label={t`Loading messages`}>
      {late &&
        widths.map((width) => (
          <div key={width} className={styles.skeleton}>
            <Skeleton width="2.5rem" height="2.5rem" round />
            <div className={styles.lines}>
              <Skeleton width="8rem" height="0.875rem" />
              <Skeleton width={width} height="0.875rem" />
            </div>
          </div>
        ))}
    </div>
  )
}
