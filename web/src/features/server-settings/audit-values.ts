import { useLingui } from '@lingui/react/macro'
import type { AuditChange } from '@/api/contract'
import { accountName } from '@/features/members/member-names'
import { usePermissionTexts } from '@/features/roles/permission-texts'
import { useTimes } from '@/i18n/times'
import { useStore } from '@/state/store'

/** What is different, as lines: a list says what came and went, anything else what was and is. */
export type ChangeLine = { kind: 'came' | 'went' | 'was' | 'is'; text: string }

/** What came to a list and what went from it. Pure. */
export function listChanges(before: unknown, after: unknown): { came: string[]; went: string[] } | null {
  const lists = [before ?? [], after ?? []]
  if (!lists.every(Array.isArray) || !(Array.isArray(before) || Array.isArray(after))) return null
  const [old = [], now = []] = lists.map((list) => (list as unknown[]).map(String))
  return {
    came: now.filter((entry) => !old.includes(entry)),
    went: old.filter((entry) => !now.includes(entry)),
  }
}

/** Puts a change of the audit log into words. */
export function useChangeLines(): (change: AuditChange) => ChangeLine[] {
  const value = useValueText()
  return ({ field, before, after }) => {
    const list = listChanges(before, after)
    if (list) {
      return [
        ...list.came.map((entry) => ({ kind: 'came' as const, text: value(field, entry) })),
        ...list.went.map((entry) => ({ kind: 'went' as const, text: value(field, entry) })),
      ]
    }
    const lines: ChangeLine[] = []
    if (before !== null && before !== undefined) lines.push({ kind: 'was', text: value(field, before) })
    if (after !== null && after !== undefined) lines.push({ kind: 'is', text: value(field, after) })
    return lines
  }
}

/** One value in words: names for ids, sentences for what programs say in one word. */
function useValueText(): (field: string, value: unknown) => string {
  const { t } = useLingui()
  const times = useTimes()
  const permissions: Record<string, { name: string }> = usePermissionTexts()
  const roles = useStore((state) => state.roles)
  const channels = useStore((state) => state.channels)
  const members = useStore((state) => state.members)
  const words: Record<string, string> = {
    true: t`Yes`,
    false: t`No`,
    public: t`Public`,
    private: t`Private`,
    text: t`Text`,
    voice: t`Voice`,
    folder: t`Folder`,
  }

  return (field, value) => {
    const text = String(value)
    switch (field) {
      case 'permissions':
      case 'allow':
      case 'deny':
        return permissions[text]?.name ?? text
      case 'role_ids':
        return roles[text]?.name ?? t`a role that is gone`
      case 'parent_id':
      case 'default_channel_id':
      case 'system_channel_id':
        return channels[text]?.name ?? t`a channel that you do not see`
      case 'owner_id': {
        const known = Object.values(members).flatMap(({ byId }) => byId[text] ?? [])[0]
        return known ? accountName(known.user) : text
      }
      case 'timeout_until':
        return times.full(text)
      case 'icon_url':
      case 'banner_url':
        return t`a picture`
      case 'slow_mode_seconds':
        return t`${text} seconds`
      case 'visibility':
      case 'kind':
        return words[text] ?? text
      default:
        return typeof value === 'boolean' ? (words[text] ?? text) : text
    }
  }
}
