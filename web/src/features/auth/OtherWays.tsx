import { useLingui } from '@lingui/react/macro'
import type { WaysIn } from '@/api/contract'
import styles from './OtherWays.module.css'
import { keepWayBack, startOf } from './ways-in'

/** The way by the identity manager's own page. */
const ownPage = 'keycloak'

interface OtherWaysProps {
  ways: WaysIn
  /** There is a form above. */
  besideForm: boolean
}

/** Signing in by other pages: the school's accounts, Google and whatever else is offered (A6, A7). */
export function OtherWays({ ways, besideForm }: OtherWaysProps) {
  const { t } = useLingui()
  if (ways.items.length === 0) return null

  function textOf(id: string, name: string): string {
    if (id !== ownPage) return t`Continue with ${name}`
    return besideForm ? t`School account or passkey` : t`Sign in`
  }

  return (
    <>
      {besideForm && <p className={styles.or}>{t`or`}</p>}
      <ul className={styles.ways} aria-label={t`Other ways to sign in`}>
        {ways.items.map(({ id, name }) => (
          <li key={id}>
            <a
              className={`${styles.way} ${id === ownPage && !besideForm ? styles.first : ''}`}
              href={startOf(id)}
              onClick={keepWayBack}
            >
              {textOf(id, name)}
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}
