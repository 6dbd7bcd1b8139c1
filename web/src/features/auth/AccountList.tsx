import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { Button } from 'react-aria-components'
import { Avatar } from '@/design/Avatar'
import { IconButton } from '@/design/Button'
import styles from './AuthPage.module.css'
import type { RememberedAccount } from './remembered-accounts'

interface AccountListProps {
  accounts: RememberedAccount[]
  onChoose: (account: RememberedAccount) => void
  onForget: (account: RememberedAccount) => void
}

/** The accounts used on this device, to sign in with one of them again. */
export function AccountList({ accounts, onChoose, onForget }: AccountListProps) {
  const { t } = useLingui()
  return (
    <ul className={styles.accounts} aria-label={t`Accounts on this device`}>
      {accounts.map((account) => (
        <li key={account.id} className={styles.account}>
          <Button className={styles.choose ?? ''} onPress={() => onChoose(account)}>
            <Avatar id={account.id} name={account.name} url={account.avatarUrl} size={36} />
            <span className={styles.who}>
              <span className={styles.name}>{account.name}</span>
              <span className={styles.email}>{account.email}</span>
            </span>
          </Button>
          <IconButton label={t`Forget ${account.name} on this device`} onPress={() => onForget(account)}>
            <X size={16} />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}
