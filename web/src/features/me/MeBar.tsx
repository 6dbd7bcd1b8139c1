import { useLingui } from '@lingui/react/macro'
import { LogOut, Settings, Users } from 'lucide-react'
import { Button } from 'react-aria-components'
import { answer, http } from '@/api/client'
import type { WantedStatus } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { navigate } from '@/app/router'
import { endSession, gateway } from '@/app/session'
import { Avatar, PresenceMark } from '@/design/Avatar'
import { IconButton } from '@/design/Button'
import { Menu, type MenuAction } from '@/design/Menu'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import { receiveAnswer, userUpdated, useStore } from '@/state/store'
import styles from './MeBar.module.css'
import { presenceOf } from './presence'

const statuses: WantedStatus[] = ['online', 'away', 'do_not_disturb', 'invisible']

/** Me at the foot of the sidebar: how I am seen, settings, signing out. */
export function MeBar() {
  const { t } = useLingui()
  const me = useStore((state) => state.me)
  const groups = useMeMenu()
  if (!me) return null
  const name = me.display_name
  const shown = presenceOf(me.status)
  const words = { online: t`Online`, away: t`Away`, do_not_disturb: t`Do not disturb`, offline: t`Invisible` }
  return (
    <div className={styles.bar}>
      <Menu label={t`Me`} groups={groups} placement="top start">
        <Button className={styles.me ?? ''}>
          <span aria-hidden="true" className={styles.picture}>
            <Avatar id={me.id} name={name} url={me.avatar_url} size={32} presence={shown} />
          </span>
          <span className={styles.who}>
            <span className={styles.name}>{name}</span>
            <span className={styles.status}>{words[shown]}</span>
            <span className="visually-hidden">{t`status and account`}</span>
          </span>
        </Button>
      </Menu>
      <IconButton label={t`Settings`} onPress={() => navigate({ name: 'settings', section: 'account' })}>
        <Settings size={18} />
      </IconButton>
    </div>
  )
}

function useMeMenu(): MenuAction[][] {
  const { t } = useLingui()
  const problemText = useProblemText()
  const names: Record<WantedStatus, string> = {
    online: t`Online`,
    away: t`Away`,
    do_not_disturb: t`Do not disturb`,
    invisible: t`Invisible`,
  }

  async function setStatus(status: WantedStatus) {
    try {
      await receiveAnswer(answer(http.PATCH('/users/@me', { body: { status } })), userUpdated)
      gateway()?.sendPresence(status)
    } catch (error) {
      toast(problemText(asProblem(error)), 'danger')
    }
  }

  return [
    statuses.map((status) => ({
      id: status,
      label: names[status],
      icon: <PresenceMark presence={presenceOf(status)} className={styles.mark} />,
      onAction: () => void setStatus(status),
    })),
    [
      {
        id: 'switch',
        label: t`Switch account`,
        icon: <Users size={16} />,
        onAction: () => void endSession(),
      },
      {
        id: 'sign-out',
        label: t`Sign out`,
        icon: <LogOut size={16} />,
        onAction: () => void endSession(),
      },
    ],
  ]
}
