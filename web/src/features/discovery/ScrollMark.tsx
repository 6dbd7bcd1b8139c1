import { useEffect, useRef } from 'react'
import styles from './DiscoverScreen.module.css'

/** Says when the end of a list comes near, each time that `from` is another. */
export function ScrollMark({ from, onNear }: { from: string; onNear: () => void }) {
  const mark = useRef<HTMLDivElement>(null)
  const near = useRef(onNear)
  near.current = onNear

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page may end within sight, too
  useEffect(() => {
    const element = mark.current
    if (!element) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) near.current()
      },
      // A screen ahead.
      { root: element.closest('main'), rootMargin: '100% 0px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [from])

  return <div ref={mark} className={styles.mark} />
}
