import { useLingui } from '@lingui/react/macro'
import { useDeferredValue, useState } from 'react'
import type { Id, Member } from '@/api/contract'
import { Button } from '@/design/Button'
import { Dialog } from '@/design/Dialog'
import { SearchField } from '@/design/SearchField'
import { nameOf } from '@/features/members/member-names'
import { MemberRow } from './MemberRow'
import { useMemberSearch } from './member-search'
import { Pages } from './Pages'
import styles from './Section.module.css'

interface MemberPickerDialogProps {
  title: string
  serverId: Id
  /** The word on the button beside each member. */
  pick: string
  /** Who is not offered. */
  without: (member: Member) => boolean
  onPick: (member: Member) => void
  onClose: () => void
}

/** Finds a member by name. */
export function MemberPickerDialog({
  title,
  serverId,
  pick,
  without,
  onPick,
  onClose,
}: MemberPickerDialogProps) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const found = useMemberSearch(serverId, useDeferredValue(text.trim()))
  return (
    <Dialog title={title} onClose={onClose}>
      <SearchField label={t`Search members`} value={text} onChange={setText} />
      <Pages label={t`Members`} fetched={found} empty={<p className={styles.quiet}>{t`Nobody found`}</p>}>
        {(fetched) => (
          <MemberRow key={fetched.user.id} member={fetched}>
            {(member) =>
              !without(member) && (
                <Button aria-label={`${pick}: ${nameOf(member)}`} onPress={() => onPick(member)}>
                  {pick}
                </Button>
              )
            }
          </MemberRow>
        )}
      </Pages>
    </Dialog>
  )
}
