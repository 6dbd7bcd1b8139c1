import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { answer, http } from '@/api/client'
import type { Id, Invitation } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { Button } from '@/design/Button'
import { Select } from '@/design/Select'
import { useProblemText } from '@/i18n/problems'
import styles from './Invitations.module.css'
import { linkOf, useCopied } from './links'

const week = 7 * 24 * 3_600

/** Makes a link that whoever has it can join with. */
export function InviteByLink({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [expiry, setExpiry] = useState(String(week))
  const [uses, setUses] = useState('')
  const [made, setMade] = useState<Invitation | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, setPending] = useState(false)

  async function make() {
    setPending(true)
    setProblem(null)
    const body = {
      ...(expiry ? { expires_in: Number(expiry) } : {}),
      ...(uses ? { max_uses: Number(uses) } : {}),
    }
    try {
      const params = { path: { server_id: serverId } }
      setMade(await answer(http.POST('/servers/{server_id}/invitations', { params, body })))
    } catch (error) {
      setProblem(problemText(asProblem(error)))
    }
    setPending(false)
  }

  const ends = [
    { value: String(30 * 60), label: t`30 minutes` },
    { value: String(3_600), label: t`1 hour` },
    { value: String(24 * 3_600), label: t`1 day` },
    { value: String(week), label: t`7 days` },
    { value: String(30 * 24 * 3_600), label: t`30 days` },
    { value: '', label: t`Never` },
  ]
  const limits = [
    { value: '', label: t`No limit` },
    ...[1, 5, 10, 25, 100].map((number) => ({ value: String(number), label: String(number) })),
  ]
  return (
    <section className={styles.section} aria-label={t`Invite by link`}>
      <h3 className={styles.heading}>{t`By link`}</h3>
      <div className={styles.pair}>
        <Select label={t`Ends after`} options={ends} value={expiry} onChange={setExpiry} />
        <Select label={t`Number of uses`} options={limits} value={uses} onChange={setUses} />
      </div>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      {made && <Link invitation={made} />}
      <Button look={made ? 'plain' : 'primary'} isPending={pending} onPress={() => void make()}>
        {made ? t`Create another link` : t`Create a link`}
      </Button>
    </section>
  )
}

function Link({ invitation }: { invitation: Invitation }) {
  const { t } = useLingui()
  const [copied, copy] = useCopied()
  const link = linkOf(invitation)
  return (
    <div className={styles.link}>
      <input
        className={styles.address}
        readOnly
        value={link}
        aria-label={t`Invitation link`}
        onFocus={(event) => event.target.select()}
      />
      <Button look="primary" onPress={() => copy(link)}>
        {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
        {copied ? t`Copied` : t`Copy`}
      </Button>
    </div>
  )
}
