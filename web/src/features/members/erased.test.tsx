import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeEach, describe, expect, it } from 'vitest'
import type { UserSummary } from '@/api/contract'
import { AuthorName } from '@/features/messages/AuthorName'
import { useModerationMenu } from '@/features/moderation/moderation-menu'
import { useStore } from '@/state/store'
import { sampleMe, sampleServer, sampleUser } from '@/testing/samples'
import { accountName, isErased } from './member-names'

const erased: UserSummary = {
  id: '7',
  username: '_deleted-7',
  display_name: 'Deleted user',
  avatar_url: null,
}

function Menu({ user }: { user: UserSummary }) {
  const groups = useModerationMenu('s', user, undefined)
  return groups.flat().map(({ id }) => <i key={id}>{id}</i>)
}

function drawn(element: ReactNode): string {
  // What is drawn as HTML shows the store as it was in the beginning.
  const servers = { s: sampleServer('s', { owner_id: '1' }) }
  Object.assign(useStore.getInitialState(), { me: sampleMe('1'), servers, serverOrder: ['s'] })
  return renderToStaticMarkup(<I18nProvider i18n={i18n}>{element}</I18nProvider>)
}

describe('whose account was erased', () => {
  beforeEach(() => i18n.loadAndActivate({ locale: 'en', messages: {} }))

  it('is known by a username that is nobody else’s', () => {
    expect(isErased(erased)).toBe(true)
    expect(isErased({ ...erased, id: '8' })).toBe(false)
    expect(isErased(sampleUser('7', 'Deleted user'))).toBe(false)
  })

  it('is called so in the reader’s language, and others as they call themselves', async () => {
    expect(accountName(erased)).toBe('Deleted user')
    expect(accountName(sampleUser('7', 'Deleted user'))).toBe('Deleted user')
    const { messages } = await import('@/i18n/locales/fr.po')
    i18n.loadAndActivate({ locale: 'fr', messages })
    expect(accountName(erased)).toBe('Utilisateur supprimé')
    expect(accountName(sampleUser('7', 'Deleted user'))).toBe('Deleted user')
  })

  it('has no card that their name opens', () => {
    expect(drawn(<AuthorName serverId="s" author={erased} />)).toMatch(/^<span[^>]*>Deleted user<\/span>$/)
    expect(drawn(<AuthorName serverId="s" author={sampleUser('7')} />)).toContain('<button')
  })

  it('is not moderated any more', () => {
    expect(drawn(<Menu user={sampleUser('7')} />)).toContain('ban')
    expect(drawn(<Menu user={erased} />)).toBe('')
  })
})
