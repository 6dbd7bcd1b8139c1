import { useLingui } from '@lingui/react/macro'
import { Crown } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { VList, type VListHandle } from 'virtua'
import type { Id } from '@/api/contract'
import { Avatar } from '@/design/Avatar'
import { later } from '@/design/later'
import { ContextMenu } from '@/design/Menu'
import { Skeleton, useAfter } from '@/design/Skeleton'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import type { ListedMember, MemberGroup } from '@/gateway/protocol'
import { linesOf, placesIn } from '@/state/member-list'
import { showMemberList, useStore, wantMembers } from '@/state/store'
import styles from './MemberList.module.css'
import { nameOf, useNameStyle } from './member-names'

const MemberCard = later(() => import('./MemberCard'))

/** How often at most other parts of the list are asked for: a client may not send as often as it scrolls. */
const askEvery = 300
/** What loads faster than this shows nothing in its place. */
const patience = 150
const lineHeight = 42
const placeholders = Array.from({ length: 12 }, (_, index) => index)

interface MemberListProps {
  serverId: Id
  channelId: Id
}

/** The members who see a channel: connected ones first, by the roles that stand apart (C8). What is in sight is loaded. */
export default function MemberList({ serverId, channelId }: MemberListProps) {
  const { t } = useLingui()
  useEffect(() => showMemberList(serverId, channelId), [serverId, channelId])
  const groups = useStore(({ memberList }) =>
    memberList?.channelId === channelId ? memberList.groups : null,
  )
  return (
    <section className={styles.list} aria-label={t`Members`} aria-busy={groups === null}>
      {groups ? <Lines key={channelId} groups={groups} /> : <Waiting />}
    </section>
  )
}

function Waiting() {
  const isLong = useAfter(patience)
  return (
    <div className={styles.scroller}>
      {isLong && placeholders.map((index) => <Placeholder key={index} place={index} />)}
    </div>
  )
}

/** The list itself. One line can be reached with Tab; the arrows lead to the others. */
function Lines({ groups }: { groups: MemberGroup[] }) {
  const rows = useStore((state) => state.memberList?.rows)
  const lines = useMemo(() => linesOf(groups), [groups])
  const list = useRef<VListHandle>(null)
  const frame = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<number | null>(null)
  const { look } = useSight(list, lines)
  const { move, arrive } = useArrows(list, lines, frame, setCurrent)
  const inTabs = tabStop(current, lines, rows)

  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines may be in sight
  useEffect(look, [lines])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line that was gone to may have come
  useEffect(arrive, [rows])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows go through the buttons in it
    <div ref={frame} className={styles.frame} onKeyDown={move}>
      <VList
        ref={list}
        className={styles.scroller}
        data={lines}
        itemSize={lineHeight}
        bufferSize={400}
        keepMounted={inTabs < 0 ? [] : [inTabs]}
        onScroll={look}
      >
        {(line, index) => {
          const group = groups[-1 - line]
          if (group) return <Heading key={`group-${group.id}`} group={group} />
          const row = rows?.get(line)
          return row ? (
            <MemberEntry
              key={row.member.user.id}
              listed={row}
              index={index}
              inTabs={index === inTabs}
              onFocus={() => setCurrent(index)}
            />
          ) : (
            <Placeholder key={`place-${line}`} place={line} />
          )
        }}
      </VList>
    </div>
  )
}

function Heading({ group }: { group: MemberGroup }) {
  const { t } = useLingui()
  const role = useStore((state) => state.roles[group.id])
  const { count } = group
  const name = role ? `${role.name} — ${count}` : null
  return (
    <h2 className={styles.heading}>
      {name ?? (group.id === 'offline' ? t`Offline — ${count}` : t`Connected — ${count}`)}
    </h2>
  )
}

/** In the place of a member who is not loaded yet. */
function Placeholder({ place }: { place: number }) {
  return (
    <div className={styles.placeholder} data-placeholder>
      <Skeleton width="2rem" height="2rem" round />
      <Skeleton width={`${40 + ((place * 17) % 35)}%`} height="0.75rem" />
    </div>
  )
}

interface MemberEntryProps {
  listed: ListedMember
  index: number
  inTabs: boolean
  onFocus: () => void
}

function MemberEntry({ listed, index, inTabs, onFocus }: MemberEntryProps) {
  const { t } = useLingui()
  const { id } = listed.member.user
  const member = useStore((state) => state.members[listed.member.server_id]?.byId[id]) ?? listed.member
  const presence = listed.status
  const owner = useStore((state) => state.servers[member.server_id]?.owner_id === id)
  const name = nameOf(member)
  const nameStyle = useNameStyle(member.server_id, id)
  const menu = useModerationMenu(member.server_id, member.user, member)
  const [point, setPoint] = useState<{ x: number; y: number } | null>(null)
  const entry = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same as behind the button of the card */}
      <div
        onContextMenu={(event) => {
          if (menu.length === 0) return
          event.preventDefault()
          setPoint({ x: event.clientX, y: event.clientY })
        }}
      >
        <Button
          ref={entry}
          aria-haspopup="dialog"
          aria-expanded={open}
          excludeFromTabOrder={!inTabs}
          onFocus={onFocus}
          onPress={() => setOpen(true)}
          className={`${styles.member} ${presence === 'offline' ? styles.offline : ''}`}
          data-member={id}
          data-presence={presence}
          data-line={index}
        >
          <Avatar id={id} name={name} url={member.user.avatar_url} size={32} presence={presence} />
          <span className={styles.name} style={nameStyle}>
            {name}
          </span>
          {owner && <Crown size={14} role="img" aria-label={t`Owner`} className={styles.owner} />}
        </Button>
      </div>
      {point && (
        <ContextMenu
          label={t`Options of ${name}`}
          groups={menu}
          point={point}
          onClose={() => setPoint(null)}
        />
      )}
      {open && (
        <MemberCard member={member} presence={presence} anchor={entry} onClose={() => setOpen(false)} />
      )}
    </>
  )
}

/** The line that Tab leads to: the one that was, or else the first that is loaded; -1 without any. */
function tabStop(
  current: number | null,
  lines: number[],
  rows: ReadonlyMap<number, ListedMember> | undefined,
): number {
  if (current !== null && rows?.has(lines[current] ?? -1)) return current
  const first = Math.min(...(rows?.keys() ?? []))
  return Number.isFinite(first) ? lines.indexOf(first) : -1
}

/** Tells which places are in sight, not too often, and at last. */
function useSight(list: { current: VListHandle | null }, lines: number[]): { look: () => void } {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const rest = useRef(0)
  const latest = useRef(lines)
  latest.current = lines
  useEffect(() => () => clearTimeout(timer.current), [])

  function tell() {
    timer.current = undefined
    rest.current = Date.now() + askEvery
    const handle = list.current
    if (!handle) return
    const first = handle.findItemIndex(handle.scrollOffset)
    const last = handle.findItemIndex(handle.scrollOffset + handle.viewportSize)
    const places = placesIn(latest.current, first, last)
    if (places) wantMembers(...places)
  }
  function look() {
    timer.current ??= setTimeout(tell, Math.max(0, rest.current - Date.now()))
  }
  return { look }
}

/** Moves the focus by keyboard, also to lines that are not there yet. */
function useArrows(
  list: { current: VListHandle | null },
  lines: number[],
  frame: { current: HTMLElement | null },
  setCurrent: (line: number) => void,
) {
  const target = useRef<number | null>(null)

  function arrive() {
    if (target.current === null) return
    const found = frame.current?.querySelector<HTMLElement>(`[data-line="${target.current}"]`)
    if (!found) return
    target.current = null
    found.focus({ preventScroll: true })
  }
  function move(event: KeyboardEvent<HTMLElement>) {
    const focused = event.target instanceof HTMLElement ? event.target.dataset.line : undefined
    if (focused === undefined) return
    const next = lineAfter(event.key, Number(focused), lines, list.current?.viewportSize ?? 0)
    if (next === null) return
    event.preventDefault()
    target.current = next
    setCurrent(next)
    list.current?.scrollToIndex(next, { align: 'nearest' })
    requestAnimationFrame(arrive)
  }
  return { move, arrive }
}

/** Where a key leads from a line; headings are passed over. */
function lineAfter(key: string, line: number, lines: number[], height: number): number | null {
  const page = Math.max(1, Math.floor(height / lineHeight) - 1)
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    End: lines.length,
    Home: -lines.length,
  }
  const step = steps[key]
  if (step === undefined) return null
  const aim = Math.min(lines.length - 1, Math.max(1, line + step))
  // Two headings never stand together.
  return (lines[aim] ?? -1) >= 0 ? aim : aim + Math.sign(step)
}
