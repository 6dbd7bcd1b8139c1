import { useLingui } from '@lingui/react/macro'
import { Check, Copy, Download } from 'lucide-react'
import { Button } from '@/design/Button'
import { Checkbox } from '@/design/Checkbox'
import { recoveryFile } from '@/features/auth/codes'
import { Said } from '@/features/auth/Said'
import { useCopied } from '@/features/invitations/links'
import { useStore } from '@/state/store'
import styles from './Security.module.css'

const fileName = 'beep-recovery-codes.txt'

interface RecoveryCodesProps {
  codes: string[]
  kept: boolean
  onKept: (kept: boolean) => void
  /** Somebody wanted to leave without having kept them. */
  reminded: boolean
}

/** New recovery codes, which are shown this once. */
export function RecoveryCodes({ codes, kept, onKept, reminded }: RecoveryCodesProps) {
  const { t } = useLingui()
  const [copied, copy] = useCopied()
  const email = useStore((state) => state.me?.email ?? '')

  function download() {
    const title = t`Recovery codes of ${email} at ${location.host}`
    const text = recoveryFile(title, t`Each works once, in place of the code of your app.`, codes)
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    const link = document.createElement('a')
    link.href = address
    link.download = fileName
    link.click()
    URL.revokeObjectURL(address)
  }

  return (
    <>
      <Said>
        <p>{t`If you lose your phone, each of these codes signs you in once. They are shown only now: keep them where you find them without your phone.`}</p>
      </Said>
      <ul className={styles.codes} aria-label={t`Recovery codes`}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.tools}>
        <Button onPress={() => copy(codes.join('\n'))}>
          {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
          {copied ? t`Copied` : t`Copy`}
        </Button>
        <Button onPress={download}>
          <Download size={16} aria-hidden="true" />
          {t`Download as text`}
        </Button>
      </div>
      <Checkbox label={t`I have kept them`} isSelected={kept} onChange={onKept} />
      <div role="alert" className={styles.alert}>
        {reminded && !kept && (
          <p
            className={styles.warning}
          >{t`Keep the codes first, and tick that you have. They are not shown again.`}</p>
        )}
      </div>
    </>
  )
}
