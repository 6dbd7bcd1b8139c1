import { useLingui } from '@lingui/react/macro'
import { Languages, LogOut, MonitorSmartphone, Palette, ShieldCheck, UserRound } from 'lucide-react'
import { Button } from 'react-aria-components'
import { closeSettings } from '@/app/beneath'
import { Queries } from '@/app/queries'
import { endSession } from '@/app/session'
import { AccountSection } from './AccountSection'
import { AppearanceSection } from './AppearanceSection'
import { DevicesSection } from './DevicesSection'
import { LanguageSection } from './LanguageSection'
import { SecuritySection } from './SecuritySection'
import { SettingsFrame, type SettingsPage } from './SettingsFrame'
import frame from './SettingsFrame.module.css'

/** The user's settings, over everything. Escape closes them. */
export default function SettingsScreen({ section }: { section: string }) {
  const { t } = useLingui()
  const pages: SettingsPage[] = [
    { id: 'account', name: t`Account`, icon: <UserRound size={18} />, content: <AccountSection /> },
    { id: 'security', name: t`Security`, icon: <ShieldCheck size={18} />, content: <SecuritySection /> },
    {
      id: 'devices',
      name: t`Signed-in devices`,
      icon: <MonitorSmartphone size={18} />,
      content: <DevicesSection />,
    },
    { id: 'appearance', name: t`Appearance`, icon: <Palette size={18} />, content: <AppearanceSection /> },
    { id: 'language', name: t`Language`, icon: <Languages size={18} />, content: <LanguageSection /> },
  ]
  return (
    <Queries>
      <SettingsFrame
        title={t`Settings`}
        pages={pages}
        pageId={section}
        routeTo={(id) => ({ name: 'settings', section: id })}
        onClose={closeSettings}
        foot={
          <Button className={`${frame.section} ${frame.out}`} onPress={() => void endSession()}>
            <LogOut size={18} />
            <span>{t`Sign out`}</span>
          </Button>
        }
      />
    </Queries>
  )
}
