import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { renderToStaticMarkup } from 'react-dom/server'
import { beforeEach, expect, it } from 'vitest'
import type { MentionToken } from '@/api/contract'
import { applyEvent } from '@/state/apply-event'
import { noMembers, withMember } from '@/state/server-members'
import { useStore } from '@/state/store'
import { sampleMe, sampleMember, sampleServer, sampleUser } from '@/testing/samples'
import { Markdown } from './Markdown'

const tokens: MentionToken[] = [{ text: '@ada', kind: 'user', id: '7' }]

function drawn(): string {
  return renderToStaticMarkup(
    <I18nProvider i18n={i18n}>
      <Markdown content="hello @ada" serverId="1" mentions={tokens} />
    </I18nProvider>,
  ).replace(/<[^>]*>/g, '')
}

beforeEach(() => {
  i18n.loadAndActivate({ locale: 'en', messages: {} })
  // What is drawn as HTML shows the store as it was in the beginning.
  const members = {
    '1': withMember(noMembers(), sampleMember('7', '1', { user: sampleUser('7', 'Ada Byron') })),
  }
  Object.assign(useStore.getInitialState(), {
    me: sampleMe('9'),
    servers: { '1': sampleServer('1') },
    members,
  })
})

it('names somebody as they are called today, whatever was typed', () => {
  expect(drawn()).toBe('hello @Ada Byron')
  const known = useStore.getInitialState()
  const renamed = { ...sampleMe('7'), username: 'countess', display_name: 'Ada Lovelace' }
  Object.assign(known, applyEvent(known, { type: 'user.updated', data: renamed }))
  expect(drawn()).toBe('hello @Ada Lovelace')
})

it('goes on naming that one, and not whoever has taken the name', () => {
  const known = useStore.getInitialState()
  const other = { ...sampleUser('8', 'Ada Other'), username: 'ada' }
  const members = {
    '1': withMember(known.members['1'] ?? noMembers(), sampleMember('8', '1', { user: other })),
  }
  Object.assign(known, { members })
  expect(drawn()).toBe('hello @Ada Byron')
})

it('shows what was typed of whom is not there any more', () => {
  const known = useStore.getInitialState()
  Object.assign(known, applyEvent(known, { type: 'member.left', data: { server_id: '1', user_id: '7' } }))
  expect(drawn()).toBe('hello @ada')
})
