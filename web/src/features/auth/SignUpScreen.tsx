import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import type { OwnUser } from '@/api/contract'
import { linkTo, useRoute } from '@/app/router'
import { useTitle } from '@/app/title'
import { AuthPage } from './AuthPage'
import { CompleteScreen } from './CompleteScreen'
import { OtherWays } from './OtherWays'
import { PicturePage } from './PictureStep'
import { SignUpForm } from './SignUpForm'
import { useWaysIn } from './ways-in'

/** Creating an account (A1), or making one of what another page knows (A6, A7). */
export default function SignUpScreen() {
  return useRoute().name === 'auth/complete' ? <CompleteScreen /> : <SignUp />
}

/** Who one is first, the picture last and only if one likes. */
function SignUp() {
  const { t } = useLingui()
  const ways = useWaysIn()
  const [user, setUser] = useState<OwnUser | null>(null)

  useTitle(t`Create an account`)

  if (user) return <PicturePage user={user} />
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
      {ways && <OtherWays ways={ways} besideForm />}
    </AuthPage>
  )
}
