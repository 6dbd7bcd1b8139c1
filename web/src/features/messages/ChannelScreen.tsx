import { useLingui } from '@lingui/react/macro'
import { SearchX } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Channel } from '@/api/contract'
import { navigate } from '@/app/router'
import { useTitle } from '@/app/title'
import { Button } from '@/design/Button'
import { EmptyState } from '@/design/EmptyState'
import { later } from '@/design/later'
import { useAttach, useMayAttach } from '@/features/files/attaching'
import { useFileDrop } from '@/features/files/dropping'
import { TypingLine } from '@/features/typing/TypingLine'
import { selectChannel, useStore } from '@/state/store'
import { ChannelHeader } from './ChannelHeader'
import styles from './ChannelScreen.module.css'
import { Composer } from './Composer'
import { useGoToMessage } from './go-to-message'
import { leaveHistory, openHistory, repairHistory } from './history'
import { MessageList } from './MessageList'
import { MessagesSkeleton } from './MessagesSkeleton'

const DropOverlay = later(() => import('@/features/files/DropOverlay'))

interface ChannelScreenProps {
  serverId: string
  channelId: string
  /** The message that the address leads to. */
  messageId: string | undefined
}

/** A conversation: what it is called, what was said, and where to say something. */
export function ChannelScreen({ serverId, channelId, messageId }: ChannelScreenProps) {
  const loaded = useStore((state) => state.loaded)
  const channel = useStore((state) => selectChannel(state, channelId))
  const present = channel?.server_id === serverId && channel.kind !== 'folder'

  useTitle(channel?.name ?? null)

  if (!present) return loaded ? <Missing /> : <main className={styles.screen} />
  return <Conversation channel={channel} messageId={messageId} />
}

interface ConversationProps {
  channel: Channel
  messageId: string | undefined
}

function Conversation({ channel, messageId }: ConversationProps) {
  const { id, server_id: serverId } = channel
  const mayAttach = useMayAttach(channel)
  const drop = useFileDrop(mayAttach, useAttach(channel))
  return (
    <main className={styles.screen} {...drop.props}>
      <ChannelHeader channel={channel} />
      <History key={id} serverId={serverId} channelId={id} messageId={messageId} />
      <TypingLine serverId={serverId} channelId={id} />
      <Composer key={`composer-${id}`} channel={channel} />
      {drop.isOver && <DropOverlay channelName={channel.name} mayAttach={mayAttach} />}
    </main>
  )
}

function History({ serverId, channelId, messageId }: ChannelScreenProps) {
  const { t } = useLingui()
  const state = useStore((all) => all.messages[channelId]?.state ?? 'loading')
  const live = useStore((all) => all.connection === 'live')

  useEffect(() => {
    void openHistory(serverId, channelId)
    return () => leaveHistory(channelId)
  }, [serverId, channelId])

  useEffect(() => {
    if (state === 'stale' && live) void repairHistory(serverId, channelId)
  }, [state, live, serverId, channelId])

  const arriving = useArrival(serverId, channelId, messageId)

  if (state === 'missing') return <Missing />
  if (state === 'failed') {
    return (
      <div className={styles.middle}>
        <EmptyState
          icon={<SearchX />}
          title={t`The messages could not be loaded`}
          actions={
            <Button
              look="primary"
              onPress={() => void openHistory(serverId, channelId)}
            >{t`Try again`}</Button>
          }
        />
      </div>
    )
  }
  if (state === 'loading' || arriving) return <MessagesSkeleton />
  return <MessageList serverId={serverId} channelId={channelId} />
}

/** Goes to the message of the address. Until the first one is there nothing is shown, which would count as read. */
function useArrival(serverId: string, channelId: string, messageId: string | undefined): boolean {
  const goTo = useGoToMessage()
  const [arriving, setArriving] = useState(messageId !== undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each address is gone to once
  useEffect(() => {
    if (messageId) void goTo({ serverId, channelId, messageId }).finally(() => setArriving(false))
  }, [serverId, channelId, messageId])
  return arriving
}

function Missing() {
  const { t } = useLingui()
  return (
    <main className={styles.screen}>
      <EmptyState
        icon={<SearchX />}
        title={t`There is nothing here`}
        actions={<Button onPress={() => navigate({ name: 'home' })}>{t`Back to my servers`}</Button>}
      >
        {t`This channel does not exist, or you may not see it.`}
      </EmptyState>
    </main>
  )
}
