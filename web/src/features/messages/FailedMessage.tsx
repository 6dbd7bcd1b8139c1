import { useLingui } from '@lingui/react/macro'
import { CircleAlert } from 'lucide-react'
import { ApiProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { useProblemText } from '@/i18n/problems'
import type { PendingMessage } from '@/state/model'
import styles from './MessageRow.module.css'
import { discardMessage, retryMessage } from './sending'

/** Why a message was not sent, and what to do about it. */
export function FailedMessage({ pending }: { pending: PendingMessage }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const { channelId, nonce, content } = pending
  const problem = new ApiProblem({ title: '', status: 0, code: pending.problem ?? 'network' })
  return (
    <div className={styles.failed} role="alert">
      <span className={styles.failedReason}>
        <CircleAlert size={16} aria-hidden="true" />
        <span>
          {t`Not sent.`} {problemText(problem)}
        </span>
      </span>
      <span className={styles.failedActions}>
        <Button onPress={() => retryMessage(channelId, nonce)}>{t`Retry`}</Button>
        <Button
          look="quiet"
          onPress={() => void navigator.clipboard.writeText(content).then(() => toast(t`Copied`))}
        >
          {t`Copy`}
        </Button>
        <Button look="quiet" onPress={() => discardMessage(channelId, nonce)}>{t`Discard`}</Button>
      </span>
    </div>
  )
}
