import { useLingui } from '@lingui/react/macro'
import styles from './AuthPage.module.css'
import { passwordStrength } from './password-strength'

const looks = ['', styles.weak, styles.fair, styles.strong, styles.strong]

/** Shows how hard a password is to guess, while it is written. */
export function PasswordStrength({ password }: { password: string }) {
  const { t } = useLingui()
  const strength = passwordStrength(password)
  if (strength === 0) return <>{t`At least 8 characters. A short sentence is easy to remember.`}</>
  const words = ['', t`Weak: make it longer`, t`Fair`, t`Good`, t`Strong`]
  return (
    <span className={styles.strength}>
      <span className={styles.bars} aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <span key={bar} className={`${styles.bar} ${bar <= strength ? looks[strength] : ''}`} />
        ))}
      </span>
      <span>{words[strength]}</span>
    </span>
  )
}
