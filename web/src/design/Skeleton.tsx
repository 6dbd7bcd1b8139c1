import { useEffect, useState } from 'react'
import styles from './Skeleton.module.css'

interface SkeletonProps {
  /** CSS lengths. */
  width?: string
  height?: string
  round?: boolean
}

/** A grey shape where something will be. */
export function Skeleton({ width = '100%', height = '1em', round = false }: SkeletonProps) {
  return (
    <span
      aria-hidden="true"
      className={`${styles.bone} ${round ? styles.round : ''}`}
      style={{ width, height }}
    />
  )
}

/** True once `milliseconds` have passed: what loads faster than that shows no placeholder. */
export function useAfter(milliseconds: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    const handle = setTimeout(() => setPassed(true), milliseconds)
    return () => clearTimeout(handle)
  }, [milliseconds])
  return passed
}
