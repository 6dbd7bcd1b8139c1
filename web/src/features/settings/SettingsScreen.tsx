import { useLingui } from '@lingui/react/macro'
import { ArrowLeft, Languages, LogOut, MonitorSmartphone, Palette, UserRound, X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { closeSettings } from '@/app/beneath'
import { Queries } from '@/app/queries'
import { linkTo } from '@/app/router'
import { endSession } from '@/app/session'
import { IconButton } from '@/design/Button'
import { AccountSection } from './AccountSection'
import { AppearanceSection } from './AppearanceSection'
import { DevicesSection } from './DevicesSection'
import { LanguageSection } from './LanguageSection'
import styles from './SettingsScreen.module.css'

interface Section {
  id: string
  name: string
  icon: ReactNode
  content: ReactNode
}

/** The user's settings, over everything. Escape closes them. */
export default function SettingsScreen({ section }: { section: string }) {
  const { t } = useLingui()
  const sections: Section[] = [
    { id: 'account', name: t`Account`, icon: <UserRound size={18} />, content: <AccountSection /> },
    {
      id: 'devices',
      name: t`Signed-in devices`,
      icon: <MonitorSmartphone size={18} />,
      content: (
        <Queries>
          <DevicesSection />
        </Queries>
      ),
    },
    { id: 'appearance', name: t`Appearance`, icon: <Palette size={18} />, content: <AppearanceSection /> },
    { id: 'language', name: t`Language`, icon: <Languages size={18} />, content: <LanguageSection /> },
  ]
  const open = sections.find((candidate) => candidate.id === section) ?? sections[0]

  useEffect(() => {
    document.title = `${t`Settings`} · Beep`
  }, [t])

  return (
    <ModalOverlay isOpen onOpenChange={(shown) => !shown && closeSettings()} className={styles.overlay ?? ''}>
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''} aria-label={t`Settings`}>
          <nav className={styles.sections} aria-label={t`Settings`}>
            <ul>
              {sections.map((entry) => (
                <li key={entry.id}>
                  <a
                    {...linkTo({ name: 'settings', section: entry.id })}
                    className={styles.section}
                    aria-current={entry === open ? 'page' : undefined}
                  >
                    {entry.icon}
                    <span>{entry.name}</span>
                  </a>
                </li>
              ))}
            </ul>
            <Button className={`${styles.section} ${styles.out}`} onPress={() => void endSession()}>
              <LogOut size={18} />
              <span>{t`Sign out`}</span>
            </Button>
          </nav>
          <div className={styles.content}>
            <header className={styles.header}>
              <span className={styles.back}>
                <IconButton label={t`Close settings`} onPress={closeSettings} placement="bottom">
                  <ArrowLeft size={20} />
                </IconButton>
              </span>
              <Heading slot="title" level={1} className={styles.title ?? ''}>
                {open?.name}
              </Heading>
              <span className={styles.cross}>
                <IconButton label={t`Close settings`} onPress={closeSettings} placement="bottom">
                  <X size={20} />
                </IconButton>
              </span>
            </header>
            {open?.content}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
