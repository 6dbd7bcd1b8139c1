import { useLingui } from '@lingui/react/macro'
import { Button } from 'react-aria-components'
import { activateLanguage, languageNames, languages } from '@/i18n/locale'
import styles from './AuthPage.module.css'

/** Chooses the language before anybody is signed in. */
export function LanguageSwitch() {
  const { t, i18n } = useLingui()
  return (
    <fieldset className={styles.languages} aria-label={t`Language`} style={{ border: 0, margin: 0 }}>
      {languages.map((language) => (
        <Button
          key={language}
          className={styles.language ?? ''}
          aria-pressed={language === i18n.locale}
          onPress={() => void activateLanguage(language)}
        >
          <span lang={language}>{languageNames[language]}</span>
        </Button>
      ))}
    </fieldset>
  )
}
