import { useLingui } from '@lingui/react/macro'
import {
  Calendar,
  File,
  FileImage,
  FileMusic,
  FileVideoCamera,
  Link,
  type LucideIcon,
  PanelTop,
  Pin,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { answer, http } from '@/api/client'
import type { Channel, Id, Member } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { ChannelIcon } from '@/features/channels/ChannelIcon'
import { nameOf } from '@/features/members/member-names'
import { channelsFor, namesFor } from '@/features/messages/completion/suggestions'
import { useMembers } from '@/features/messages/completion/useSuggestions'
import { folded } from '@/i18n/folded'
import { selectChannels, useStore } from '@/state/store'
import { useFilterTexts } from './filter-texts'
import { type Filter, type FilterKind, hasNames } from './filters'
import { dayNumber, dayOf, type Typed } from './query'

/** What a filter might become. */
export interface FilterOption {
  key: string
  filter: Filter
  text: string
  aside?: string
  icon: ReactNode
}

const icons: Record<(typeof hasNames)[number], LucideIcon> = {
  link: Link,
  file: File,
  image: FileImage,
  video: FileVideoCamera,
  audio: FileMusic,
  embed: PanelTop,
}
const dayMs = 86_400_000
const mostFetched = 20

/** What the filter that is being typed might become, the best first. */
export function useOptions(typed: Typed | null, serverId: Id): FilterOption[] {
  const kind = typed?.kind ?? null
  const query = typed?.query ?? ''
  const names = kind === 'from' || kind === 'mentions'
  const members = useMembers(names ? query : null, serverId)
  const channels = useStore(useShallow((state) => (kind === 'in' ? selectChannels(state, serverId) : [])))
  const fixed = useFixedOptions(kind, query)
  if (kind === null) return []
  if (names) {
    return namesFor(query, members, [], false).flatMap((suggestion) =>
      suggestion.kind === 'member' ? [memberOption(kind, suggestion.member)] : [],
    )
  }
  if (kind !== 'in') return fixed
  return channelsFor(query, channels).flatMap((suggestion) =>
    suggestion.kind === 'channel' ? [channelOption(suggestion.channel)] : [],
  )
}

function memberOption(kind: FilterKind, member: Member): FilterOption {
  const { user } = member
  const text = nameOf(member)
  const icon = <Avatar id={user.id} name={text} url={user.avatar_url} size={24} />
  return {
    key: user.id,
    filter: { kind, value: user.id, label: text },
    text,
    aside: `@${user.username}`,
    icon,
  }
}

function channelOption({ id, name, kind }: Channel): FilterOption {
  const filter: Filter = { kind: 'in', value: id, label: `#${name}` }
  return { key: id, filter, text: name, icon: <ChannelIcon kind={kind} /> }
}

/** Of those kinds of which there are always the same. */
function useFixedOptions(kind: FilterKind | null, query: string): FilterOption[] {
  const { t } = useLingui()
  const { has, day } = useFilterTexts()
  const isLike = (...texts: string[]) => texts.some((text) => folded(text).includes(folded(query)))
  if (kind === 'has') {
    return hasNames
      .filter((name) => isLike(name, has[name]))
      .map((name) => {
        const Icon = icons[name]
        return option({ kind, value: name, label: '' }, has[name], <Icon size={18} />)
      })
  }
  if (kind === 'pinned') {
    const answers = [
      ['true', t`Yes`],
      ['false', t`No`],
    ] as const
    return answers
      .filter(([value, text]) => isLike(value, text))
      .map(([value, text]) => option({ kind, value, label: '' }, text, <Pin size={18} />))
  }
  if (kind !== 'before' && kind !== 'after') return []
  const typed = dayOf(query)
  if (typed) return [option({ kind, value: typed, label: '' }, day(typed), <Calendar size={18} />)]
  const ago = (days: number) => dayNumber(new Date(Date.now() - days * dayMs))
  const days = [
    [ago(0), t`Today`],
    [ago(1), t`Yesterday`],
    [ago(7), t`A week ago`],
    [ago(30), t`A month ago`],
    [ago(365), t`A year ago`],
  ] as const
  return days
    .filter(([value, text]) => isLike(value, text))
    .map(([value, text]) => ({
      ...option({ kind, value, label: '' }, text, <Calendar size={18} />),
      aside: day(value),
    }))
}

function option(filter: Filter, text: string, icon: ReactNode): FilterOption {
  return { key: filter.value, filter, text, icon }
}

/** What a filter that was typed to its end stands for; null when there is no such thing. */
export async function findTyped(typed: Typed, serverId: Id): Promise<Filter | null> {
  const { kind, query } = typed
  const sought = folded(query.replace(/^[@#]/, ''))
  const state = useStore.getState()
  if (kind === 'from' || kind === 'mentions') {
    const isIt = (member: Member) =>
      [member.user.username, nameOf(member)].some((name) => folded(name) === sought)
    const known = Object.values(state.members[serverId]?.byId ?? {}).find(isIt)
    const member = known ?? (await fetchMembers(serverId, query)).find(isIt)
    return member ? memberOption(kind, member).filter : null
  }
  if (kind === 'in') {
    const channel = selectChannels(state, serverId).find(
      (candidate) => candidate.kind !== 'folder' && folded(candidate.name) === sought,
    )
    return channel ? channelOption(channel).filter : null
  }
  if (kind === 'has') {
    const name = hasNames.find((candidate) => candidate === sought)
    return name ? { kind, value: name, label: '' } : null
  }
  if (kind === 'pinned') {
    const value = { true: 'true', yes: 'true', oui: 'true', false: 'false', no: 'false', non: 'false' }[
      sought
    ]
    return value ? { kind, value, label: '' } : null
  }
  const value = dayOf(query)
  return value ? { kind, value, label: '' } : null
}

async function fetchMembers(serverId: Id, query: string): Promise<Member[]> {
  const params = { path: { server_id: serverId }, query: { query, limit: mostFetched } }
  const page = await answer(http.GET('/servers/{server_id}/members', { params })).catch(() => null)
  return page?.items ?? []
}
