/** What a message looks like, as HTML. */
import { setupI18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { renderToStaticMarkup } from 'react-dom/server'
import type { MentionToken } from '@/api/contract'
import { Markdown } from '@/features/messages/markdown/Markdown'
import { useStore } from '@/state/store'

const i18n = setupI18n({ locale: 'en', messages: { en: {} } })

export function drawn(content: string, mentions: readonly MentionToken[] = []): string {
  // What is drawn as HTML shows the store as it was in the beginning: that becomes what a test has filled in.
  Object.assign(useStore.getInitialState(), useStore.getState())
  return renderToStaticMarkup(
    <I18nProvider i18n={i18n}>
      <Markdown content={content} serverId="1" mentions={mentions} />
    </I18nProvider>,
  )
}

/** The same without what is not seen. */
export function drawnPlainly(content: string, mentions: readonly MentionToken[] = []): string {
  return drawn(content, mentions).replace(/ (?:class|dir|style)="[^"]*"/g, '')
}
