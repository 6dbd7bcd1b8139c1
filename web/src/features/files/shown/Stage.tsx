import {
  type CSSProperties,
  type PointerEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { Attachment } from '@/api/contract'
import { fitted, type Size } from '../sizes'
import { FailedPicture } from './FailedPicture'
import styles from './Lightbox.module.css'
import { moved, type View, whole, zoomed } from './zoom'

const wheelStep = 1.2
const doubleStep = 2.5
/** A finger that goes this far to the side turns. */
const turnPx = 60

export interface StageHandle {
  /** By a factor; null shows it whole. */
  zoom: (by: number | null) => void
}

interface StageProps {
  ref: Ref<StageHandle>
  picture: Attachment
  onTurn: (by: number) => void
  /** Somebody pressed beside the picture. */
  onAside: () => void
}

/** A picture that is looked at from nearer and further: by wheel, by two fingers, by a double press; dragged around. */
export function Stage({ ref, picture, onTurn, onAside }: StageProps) {
  const stage = useRef<HTMLDivElement>(null)
  const room = useSize(stage)
  const [view, setView] = useState(whole)
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading')
  const natural = { width: picture.width ?? 1, height: picture.height ?? 1 }
  const size = fitted(natural, room)
  const zoom = (by: number, at?: { x: number; y: number }) =>
    setView((known) => zoomed(known, by, size, room, at))
  const gestures = useGestures({ view, setView, zoom, size, room, stage, onTurn, onAside })

  useImperativeHandle(ref, () => ({ zoom: (by) => (by === null ? setView(whole) : zoom(by)) }))
  useWheel(stage, (event) => zoom(event.deltaY < 0 ? wheelStep : 1 / wheelStep, pointIn(stage, event)))

  const style: CSSProperties = {
    width: size.width,
    height: size.height,
    transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
  }
  if (state === 'loading' && picture.thumbnail_url) style.backgroundImage = `url("${picture.thumbnail_url}")`
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is done by keys and by buttons
    <div
      ref={stage}
      className={styles.stage}
      data-scale={view.scale.toFixed(2)}
      data-near={view.scale > 1 || undefined}
      {...gestures}
      onDoubleClick={(event) => (view.scale > 1 ? setView(whole) : zoom(doubleStep, pointIn(stage, event)))}
    >
      {state === 'failed' ? (
        <div className={styles.failed}>
          <FailedPicture picture={picture} isFocused onRetry={() => setState('loading')} />
        </div>
      ) : (
        room.width > 0 && (
          <img
            className={styles.picture}
            style={style}
            src={picture.url}
            alt={picture.name}
            draggable={false}
            onLoad={() => setState('shown')}
            onError={() => setState('failed')}
          />
        )
      )}
    </div>
  )
}

interface Gestures {
  view: View
  setView: (change: (view: View) => View) => void
  zoom: (by: number, at: { x: number; y: number }) => void
  size: Size
  room: Size
  stage: { current: HTMLElement | null }
  onTurn: (by: number) => void
  onAside: () => void
}

/** One pointer drags, or turns what is shown whole; two zoom. */
function useGestures({ view, setView, zoom, size, room, stage, onTurn, onAside }: Gestures) {
  const down = useRef(new Map<number, { x: number; y: number }>())
  const start = useRef<{ x: number; y: number; aside: boolean } | null>(null)

  function onPointerDown(event: PointerEvent<HTMLElement>) {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button, a'))) return
    down.current.set(event.pointerId, placeOf(event))
    const isFirst = down.current.size === 1
    start.current = isFirst ? { ...placeOf(event), aside: event.target === event.currentTarget } : null
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  function onPointerMove(event: PointerEvent<HTMLElement>) {
    const before = down.current.get(event.pointerId)
    if (!before) return
    const now = placeOf(event)
    const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1]
    down.current.set(event.pointerId, now)
    if (other) {
      const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }
      zoom(distance(now, other) / Math.max(1, distance(before, other)), pointIn(stage, middle))
    } else {
      const by = { x: now.x - before.x, y: now.y - before.y }
      setView((known) => (known.scale > 1 ? moved(known, by, size, room) : known))
    }
  }

  function onPointerUp(event: PointerEvent<HTMLElement>) {
    if (!down.current.delete(event.pointerId) || !start.current || event.type === 'pointercancel') return
    const from = start.current
    start.current = null
    const by = { x: event.clientX - from.x, y: event.clientY - from.y }
    const still = Math.hypot(by.x, by.y) < 6
    if (still && from.aside) onAside()
    const sideways = Math.abs(by.x) > turnPx && Math.abs(by.x) > 2 * Math.abs(by.y)
    if (view.scale === 1 && sideways) onTurn(by.x < 0 ? 1 : -1)
  }

  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp }
}

function placeOf({ clientX, clientY }: { clientX: number; clientY: number }) {
  return { x: clientX, y: clientY }
}

function distance(one: { x: number; y: number }, other: { x: number; y: number }): number {
  return Math.hypot(one.x - other.x, one.y - other.y)
}

/** Where something is, from the middle of the stage. */
function pointIn(
  stage: { current: HTMLElement | null },
  { clientX, clientY }: { clientX: number; clientY: number },
) {
  const box = stage.current?.getBoundingClientRect()
  if (!box) return { x: 0, y: 0 }
  return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 }
}

function useSize(element: { current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return
    const measure = () => setSize({ width: current.clientWidth, height: current.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return size
}

/** React listens to the wheel in a way that cannot keep the page still. */
function useWheel(element: { current: HTMLElement | null }, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel)
  useEffect(() => {
    latest.current = onWheel
  })
  useEffect(() => {
    const { current } = element
    const turn = (event: WheelEvent) => {
      event.preventDefault()
      latest.current(event)
    }
    current?.addEventListener('wheel', turn, { passive: false })
    return () => current?.removeEventListener('wheel', turn)
  }, [element])
}
