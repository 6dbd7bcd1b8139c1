import { useLingui } from '@lingui/react/macro'
import { ArrowUp } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import type { Id } from '@/api/contract'
import { loadOlder, loadPlace } from '@/features/messages/history'
import { useStore } from '@/state/store'
import type { FirstNew, ReadMark } from './first-new'
import styles from './Unread.module.css'

/** So many pages are loaded at most where it is not known which message was read last; then one is as near as can be. */
const mostPages = 40
/** While a page that somebody else asked for is on its way. */
const patienceMs = 150

/** Before all messages. */
const firstId = '1'

interface JumpToFirstProps {
  serverId: Id
  channelId: Id
  /** How far the channel was read. */
  mark: ReadMark
  first: FirstNew
  /** Where it stands among the rows; -1 if it is not loaded. */
  index: number
  /** The uppermost row on the screen. */
  firstInSight: number | null
  onJump: (index: number) => void
}

/** The way to the first new message while it has not been on the screen. */
export function JumpToFirst(props: JumpToFirstProps) {
  const { serverId, channelId, mark, first, index, firstInSight, onJump } = props
  const { t } = useLingui()
  const [state, setState] = useState<'waiting' | 'loading' | 'loaded' | 'seen'>('waiting')
  const inSight = index >= 0 && firstInSight !== null && index >= firstInSight

  useEffect(() => {
    if (inSight) setState('seen')
  }, [inSight])
  useEffect(() => {
    if (state !== 'loaded') return
    setState('seen')
    onJump(Math.max(0, index))
  }, [state, index, onJump])

  const isAbove = first.at === 'above' || (index >= 0 && firstInSight !== null && index < firstInSight)
  if (!isAbove || state === 'seen') return null
  const jump = async () => {
    setState('loading')
    await (mark.id || mark.seq === 0
      ? loadPlace(serverId, channelId, mark.id ?? firstId)
      : loadUntil(serverId, channelId, mark.seq))
    setState('loaded')
  }
  return (
    <div className={styles.jump}>
      <Button isDisabled={state === 'loading'} onPress={() => void jump()}>
        <ArrowUp size={16} aria-hidden="true" />
        {t`Jump to first unread`}
      </Button>
    </div>
  )
}

/** Loads the pages back to what was read. */
async function loadUntil(serverId: Id, channelId: Id, mark: number): Promise<void> {
  for (let page = 0; page < mostPages; page += 1) {
    const log = useStore.getState().messages[channelId]
    const oldest = log?.items[0]
    if (!oldest || !log.hasOlder || oldest.seq <= mark + 1) return
    await loadOlder(serverId, channelId)
    if (useStore.getState().messages[channelId]?.items[0] === oldest) {
      await new Promise((resolve) => setTimeout(resolve, patienceMs))
    }
  }
}
