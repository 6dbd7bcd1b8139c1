import { Queries } from '@/app/queries'
import { later } from '@/design/later'
import { withLaterTexts } from '@/i18n/locale'
import { endModerating, useModerating } from './moderating'

const ModerationDialogs = later(() => withLaterTexts(import('./dialogs/ModerationDialogs')))

/** The dialog about somebody, wherever it was asked for: it outlives the menu and the card. */
export function Moderating() {
  const wish = useModerating((state) => state.wish)
  if (!wish) return null
  return (
    <Queries>
      <ModerationDialogs {...wish} onClose={endModerating} />
    </Queries>
  )
}
