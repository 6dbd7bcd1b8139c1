import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import type { Enrolment } from '@/api/contract'
import { IconButton } from '@/design/Button'
import { grouped, pictureAddress } from '@/features/auth/codes'
import { Said } from '@/features/auth/Said'
import { useCopied } from '@/features/invitations/links'
import styles from './Security.module.css'

/** How an app comes to know the account: scanned, opened on this device, or typed. */
export function AppSetup({ begun }: { begun: Enrolment }) {
  const { t } = useLingui()
  const [copied, copy] = useCopied()
  const { secret, otpauth_url, qr_svg } = begun
  return (
    <>
      <Said>
        <p>{t`Scan this with your app, then type the code that it shows.`}</p>
      </Said>
      <img className={styles.qr} src={pictureAddress(qr_svg)} alt={t`QR code for your app`} />
      {otpauth_url.startsWith('otpauth:') && (
        <a className={styles.open} href={otpauth_url}>{t`Open in an app on this device`}</a>
      )}
      <div className={styles.byHand}>
        <p className={styles.quiet}>{t`Or type this into the app:`}</p>
        <div className={styles.secret}>
          <code>{grouped(secret)}</code>
          <IconButton label={copied ? t`Copied` : t`Copy the secret`} onPress={() => copy(secret)}>
            {copied ? <Check size={16} /> : <Copy size={16} />}
          </IconButton>
        </div>
      </div>
    </>
  )
}
