import { useLingui } from '@lingui/react/macro'
import { Eye } from 'lucide-react'
import { navigate } from '@/app/router'
import { Button } from '@/design/Button'
import { useStore } from '@/state/store'
import styles from './ViewAsBar.module.css'

/** Says that one sees the server as a role does, and leads back; nothing when one does not. */
export default function ViewAsBar() {
  const { t } = useLingui()
  const view = useStore((state) => state.viewedAs)
  const role = useStore((state) => (view ? state.roles[view.roleId] : undefined))
  if (!view) return null
  const name = view.roleId === view.serverId ? t`Everyone` : (role?.name ?? '')

  function end() {
    if (view) navigate({ name: 'server-settings', serverId: view.serverId, section: 'roles' })
    useStore.setState({ viewedAs: null })
  }

  return (
    <div className={styles.bar} role="status">
      <Eye size={16} aria-hidden="true" />
      <p>{t`You see this server as somebody with the role ${name} sees it.`}</p>
      <Button onPress={end}>{t`Back to my view`}</Button>
    </div>
  )
}
