import { useQueryClient } from '@tanstack/react-query'
import { refreshMembers } from '@/features/server-settings/member-search'
import type { Moderated, ModerationAct } from '../moderating'
import { BanDialog } from './BanDialog'
import { KickDialog } from './KickDialog'
import { MemberRolesDialog } from './MemberRolesDialog'
import { NicknameDialog } from './NicknameDialog'
import { EndTimeOutDialog, TimeOutDialog } from './TimeOutDialog'

interface ModerationDialogsProps {
  act: ModerationAct
  about: Moderated
  onClose: () => void
}

export interface ModerationDialogProps {
  about: Moderated
  /** The name that somebody is known by here. */
  name: string
  onClose: () => void
}

/** The dialog for something that can be done about somebody. */
export default function ModerationDialogs({ act, about, onClose }: ModerationDialogsProps) {
  const queries = useQueryClient()
  const name = about.member?.nickname ?? about.user.display_name
  const props = {
    about,
    name,
    onClose: () => {
      onClose()
      // Lists of members that no event keeps fresh.
      void refreshMembers(queries, about.serverId)
    },
  }
  switch (act) {
    case 'roles':
      return about.member && <MemberRolesDialog member={about.member} {...props} />
    case 'nickname':
      return <NicknameDialog {...props} />
    case 'time-out':
      return <TimeOutDialog {...props} />
    case 'end-time-out':
      return <EndTimeOutDialog {...props} />
    case 'kick':
      return <KickDialog {...props} />
    case 'ban':
      return <BanDialog {...props} />
  }
}
