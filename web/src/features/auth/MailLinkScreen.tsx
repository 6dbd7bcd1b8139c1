import { Queries } from '@/app/queries'
import { useLinkToken } from '@/app/router'
import { ConfirmEmail } from './ConfirmEmail'
import { ForgotPassword } from './ForgotPassword'
import { ResetPassword } from './ResetPassword'

interface MailLinkScreenProps {
  name: 'forgot-password' | 'reset-password' | 'confirm-email'
}

/** What goes by a link in a mail: asking for one, and where it leads to. */
export default function MailLinkScreen({ name }: MailLinkScreenProps) {
  const token = useLinkToken()
  if (name === 'reset-password') return <ResetPassword key={token} token={token} />
  if (name === 'confirm-email') return <ConfirmEmail key={token} token={token} />
  return (
    <Queries>
      <ForgotPassword />
    </Queries>
  )
}
