import { useLingui } from '@lingui/react/macro'
import { Choice } from '@/design/Choice'
import { languageNames, languages } from '@/i18n/locale'
import { useStore } from '@/state/store'
import styles from './SettingsScreen.module.css'
import { useChangeSettings } from './useChangeSettings'

/** The language of the client (U1). */
export function LanguageSection() {
  const { t } = useLingui()
  const language = useStore((state) => state.settings.language)
  const change = useChangeSettings()
  return (
    <div className={styles.body}>
      <Choice
        label={t`Language`}
        value={language}
        onChange={(chosen) => change({ language: chosen })}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
      />
    </div>
  )
}
