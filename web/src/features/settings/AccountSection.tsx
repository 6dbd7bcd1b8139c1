import { useLingui } from '@lingui/react/macro'
import { type FormEvent, useState } from 'react'
import { answer, http } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { type ApiProblem, asProblem } from '@/api/problem'
import { SaveBar } from '@/design/SaveBar'
import { TextField } from '@/design/TextField'
import { useAccountProblemText } from '@/features/auth/account-problems'
import { useFieldText } from '@/i18n/problems'
import { receiveAnswer, userUpdated, useStore } from '@/state/store'
import { DangerZone } from './DangerZone'
import { EmailSetting } from './EmailSetting'
import { PictureSetting } from './PictureSetting'
import styles from './SettingsScreen.module.css'
import { UsernameSetting } from './UsernameSetting'
import { YourData } from './YourData'

/** Who I am to others. */
export function AccountSection() {
  const { t } = useLingui()
  const me = useStore((state) => state.me)
  if (!me) return null
  return (
    <div className={styles.body}>
      <PictureSetting me={me} />
      <dl className={styles.facts}>
        <dt>{t`Username`}</dt>
        <dd>
          <UsernameSetting me={me} />
        </dd>
        <dt>{t`E-mail`}</dt>
        <dd>
          <EmailSetting me={me} />
        </dd>
      </dl>
      <ProfileForm me={me} />
      <YourData />
      <DangerZone me={me} />
    </div>
  )
}

function valuesOf({ first_name, last_name, status_text, biography }: OwnUser) {
  return { first_name, last_name, status_text, biography }
}

type Values = ReturnType<typeof valuesOf>

function ProfileForm({ me }: { me: OwnUser }) {
  const { t } = useLingui()
  const problemText = useAccountProblemText()
  const fieldText = useFieldText()
  const saved = valuesOf(me)
  const [changes, setChanges] = useState<Partial<Values>>({})
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [pending, setPending] = useState(false)
  const values = { ...saved, ...changes }
  const changed = JSON.stringify(values) !== JSON.stringify(saved)

  function field(name: keyof Values) {
    return {
      name,
      value: values[name],
      onChange: (value: string) => setChanges((known) => ({ ...known, [name]: value })),
      error: fieldText(problem?.fieldCode(name)),
    }
  }

  async function save(event: FormEvent) {
    event.preventDefault()
    if (!changed || pending) return
    setPending(true)
    setProblem(null)
    try {
      await receiveAnswer(answer(http.PATCH('/users/@me', { body: changes })), userUpdated)
      setChanges({})
    } catch (error) {
      setProblem(asProblem(error))
    } finally {
      setPending(false)
    }
  }

  return (
    <form className={styles.form} onSubmit={save}>
      <div className={styles.pair}>
        <TextField {...field('first_name')} label={t`First name`} autoComplete="given-name" maxLength={64} />
        <TextField {...field('last_name')} label={t`Last name`} autoComplete="family-name" maxLength={64} />
      </div>
      <TextField
        {...field('status_text')}
        label={t`Status`}
        placeholder={t`What are you up to?`}
        maxLength={128}
      />
      <TextField {...field('biography')} label={t`About me`} rows={4} maxLength={500} />
      {changed && (
        <SaveBar
          isPending={pending}
          onReset={() => setChanges({})}
          problem={problem ? problemText(problem) : undefined}
        />
      )}
    </form>
  )
}
