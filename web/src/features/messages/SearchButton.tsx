import { useLingui } from '@lingui/react/macro'
import { Search } from 'lucide-react'
import { useEffect } from 'react'
import { Button } from 'react-aria-components'
import type { Id } from '@/api/contract'
import { useWidth } from '@/app/layout'
import { IconButton } from '@/design/Button'
import { openSearch } from '@/features/search/search-state'
import styles from './SearchButton.module.css'

/** Opens the search: a field in the header where there is room for one, and Ctrl+F. */
export function SearchButton({ serverId }: { serverId: Id }) {
  const { t } = useLingui()
  const width = useWidth()
  useFindKeys(serverId)
  if (width !== 'wide') {
    return (
      <IconButton label={t`Search`} placement="bottom" onPress={() => openSearch(serverId)}>
        <Search size={20} />
      </IconButton>
    )
  }
  return (
    <Button className={styles.field ?? ''} onPress={() => openSearch(serverId)}>
      {t`Search`}
      <Search size={16} aria-hidden="true" />
    </Button>
  )
}

/** In a dialog the keys belong to the browser. */
const dialogs = '[role="dialog"], [role="alertdialog"]'

function useFindKeys(serverId: Id): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key !== 'f') return
      if (document.querySelector(dialogs)) return
      event.preventDefault()
      openSearch(serverId)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [serverId])
}
