import { useLingui } from '@lingui/react/macro'
import { Download } from 'lucide-react'
import { useState } from 'react'
import type { DataExport } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { toast } from '@/design/toasts'
import { useBytes } from '@/features/files/bytes'
import { useProblemText } from '@/i18n/problems'
import { useTimes } from '@/i18n/times'
import { fileAddress, hasFile, nextAsking, useAskForExport, useDataExport } from './data-export'
import styles from './SettingsScreen.module.css'

/** A copy of all that is kept of me, to take with me. */
export function YourData() {
  const { t } = useLingui()
  const times = useTimes()
  const problemText = useProblemText()
  const known = useDataExport()
  const ask = useAskForExport()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const status = known.data?.status ?? null
  const isThere = hasFile(known.data)

  async function begin() {
    setPending(true)
    setProblem(null)
    try {
      await ask()
    } catch (error) {
      const refusal = asProblem(error)
      const again = times.full(nextAsking(refusal.retryAfter, Date.now()))
      setProblem(
        refusal.code === 'export_too_often'
          ? t`You have asked twice in 7 days. You can ask again on ${again}.`
          : problemText(refusal),
      )
    }
    setPending(false)
  }

  /** Asked for anew first: what the browser then fetches by itself finds a fresh session. */
  async function download() {
    setPending(true)
    const { data, error } = await known.refetch()
    setPending(false)
    if (hasFile(data)) save(fileAddress)
    else toast(error ? problemText(asProblem(error)) : t`This copy is not kept any more.`, 'danger')
  }

  return (
    <section className={styles.card} aria-labelledby="your-data-heading">
      <div className={styles.about}>
        <h2 id="your-data-heading" className={styles.heading}>{t`Your data`}</h2>
        <p className={styles.quiet}>
          {t`A copy of what is kept of you: your account, your servers, what you wrote and your files, in one ZIP file.`}
        </p>
        <div role="status" className={styles.alert}>
          {known.data && <Progress copy={known.data} />}
        </div>
        <div role="alert" className={styles.alert}>
          {problem && <p className={styles.problem}>{problem}</p>}
        </div>
      </div>
      <div className={styles.acts}>
        {isThere && (
          <Button look="primary" isPending={pending} onPress={() => void download()}>
            <Download size={16} aria-hidden="true" />
            {t`Download`}
          </Button>
        )}
        {known.data !== undefined && status !== 'preparing' && (
          <Button isPending={pending} onPress={() => void begin()}>
            {isThere ? t`Ask for a new copy` : t`Ask for a copy`}
          </Button>
        )}
        {known.isError && known.data === undefined && (
          <Button onPress={() => void known.refetch()}>{t`Try again`}</Button>
        )}
      </div>
    </section>
  )
}

function Progress({ copy }: { copy: DataExport }) {
  const { t } = useLingui()
  const times = useTimes()
  const bytes = useBytes()
  if (copy.status !== 'ready') {
    return (
      <>
        {copy.status === 'preparing' ? (
          <p>{t`Your copy is being put together. You can close this meanwhile.`}</p>
        ) : (
          <p className={styles.warning}>{t`Your copy could not be put together. Ask for it again.`}</p>
        )}
        {copy.before && <Before copy={copy.before} />}
      </>
    )
  }
  const size = bytes(copy.size ?? 0)
  const until = copy.expires_at ? times.full(copy.expires_at) : ''
  return <p>{until ? t`Your copy is ready: ${size}, until ${until}.` : t`Your copy is ready: ${size}.`}</p>
}

/** The copy that is downloaded until a new one is ready. */
function Before({ copy }: { copy: NonNullable<DataExport['before']> }) {
  const { t } = useLingui()
  const times = useTimes()
  const bytes = useBytes()
  const [size, until] = [bytes(copy.size), times.full(copy.expires_at)]
  return <p>{t`You still have the one from before: ${size}, until ${until}.`}</p>
}

/** Has the browser save what is at an address of this Beep. */
function save(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  link.click()
}
