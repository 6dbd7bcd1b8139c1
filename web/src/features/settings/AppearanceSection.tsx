import { useLingui } from '@lingui/react/macro'
import { Monitor, Moon, Rows3, Rows4, Sun } from 'lucide-react'
import { Choice } from '@/design/Choice'
import { useStore } from '@/state/store'
import styles from './SettingsScreen.module.css'
import { useChangeSettings } from './useChangeSettings'

/** How Beep looks. */
export function AppearanceSection() {
  const { t } = useLingui()
  const settings = useStore((state) => state.settings)
  const change = useChangeSettings()
  return (
    <div className={styles.body}>
      <Choice
        label={t`Theme`}
        value={settings.theme}
        onChange={(theme) => change({ theme })}
        options={[
          { value: 'system', label: t`Like the device`, icon: <Monitor size={18} /> },
          { value: 'light', label: t`Light`, icon: <Sun size={18} /> },
          { value: 'dark', label: t`Dark`, icon: <Moon size={18} /> },
        ]}
      />
      <Choice
        label={t`Density`}
        value={settings.density}
        onChange={(density) => change({ density })}
        options={[
          { value: 'cosy', label: t`Cosy`, description: t`Room to breathe`, icon: <Rows3 size={18} /> },
          {
            value: 'compact',
            label: t`Compact`,
            description: t`More on the screen`,
            icon: <Rows4 size={18} />,
          },
        ]}
      />
    </div>
  )
}
