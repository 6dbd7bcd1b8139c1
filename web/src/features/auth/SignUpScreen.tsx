import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { OwnUser } from '@/api/contract'
import { linkTo } from '@/app/router'
import { beginSession } from '@/app/session'
import { useTitle } from '@/app/title'
import { AuthPage } from './AuthPage'
import { PictureStep } from './PictureStep'
import { rememberAccount } from './remembered-accounts'
import { SignUpForm } from './SignUpForm'

/** Creating an account (A1): who one is first, the picture last and only if one likes. */
export default function SignUpScreen() {
  const { t } = useLingui()
  const [user, setUser] = useState<OwnUser | null>(null)

  useTitle(t`Create an account`)

  if (user) {
    return (
      <AuthPage
        title={t`Add a picture`}
        lead={t`So that people recognise you. You can change it at any time.`}
      >
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
  return (
    <AuthPage
      title={t`Create an account`}
      lead={t`A minute, and you are in.`}
      foot={
        <>
          {t`Already registered?`} <a {...linkTo({ name: 'sign-in' })}>{t`Sign in`}</a>
        </>
      }
    >
      <SignUpForm onRegistered={setUser} />
    </AuthPage>
  )
}
