import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { upload } from '@/api/client'
import type { OwnUser } from '@/api/contract'
import { asProblem } from '@/api/problem'
import { beginSession } from '@/app/session'
import { Button } from '@/design/Button'
import { PictureField } from '@/features/pictures/PictureField'
import { useProblemText } from '@/i18n/problems'
import { AuthPage } from './AuthPage'
import styles from './AuthPage.module.css'
import { rememberAccount } from './remembered-accounts'

interface PictureStepProps {
  user: OwnUser
  onDone: (user: OwnUser) => void
}

/** The last thing of a new account; then it is signed in. */
export function PicturePage({ user }: { user: OwnUser }) {
  const { t } = useLingui()
  return (
    <AuthPage title={t`Add a picture`} lead={t`So that people recognise you. You can change it at any time.`}>
      <PictureStep
        user={user}
        onDone={(done) => {
          rememberAccount(done)
          beginSession(done)
        }}
      />
    </AuthPage>
  )
}

/** The picture, which may be skipped. */
function PictureStep({ user, onDone }: PictureStepProps) {
  const { t } = useLingui()
  const problemText = useProblemText()
  const [picture, setPicture] = useState<Blob | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [pending, setPending] = useState(false)

  async function save() {
    if (!picture) return
    setPending(true)
    setProblem(null)
    try {
      onDone(await upload<OwnUser>('/users/@me/avatar', picture))
    } catch (error) {
      setProblem(problemText(asProblem(error)))
      setPending(false)
    }
  }

  return (
    <div className={styles.form}>
      <div role="alert">{problem && <p className={styles.problem}>{problem}</p>}</div>
      <PictureField id={user.id} name={user.display_name} url={null} onPicture={setPicture} />
      <Button look="primary" wide isDisabled={!picture} isPending={pending} onPress={() => void save()}>
        {t`Use this picture`}
      </Button>
      <Button look="quiet" wide onPress={() => onDone(user)}>
        {t`Skip for now`}
      </Button>
    </div>
  )
}
