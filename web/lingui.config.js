import { formatter } from '@lingui/format-po'

/**
 * Screens that are fetched later, with their texts ({@link withLaterTexts} in src/i18n/locale.ts): no part of the first load.
 * Folders, and files where something else of the same folder is there first.
 */
const later = [
  'src/features/auth',
  'src/features/channel-settings',
  'src/features/discovery',
  'src/features/first-run',
  'src/features/invitations/EnterInvitationDialog.tsx',
  'src/features/invitations/InboxDialog.tsx',
  'src/features/invitations/InvitationList.tsx',
  'src/features/invitations/InvitationsDialog.tsx',
  'src/features/invitations/InviteByLink.tsx',
  'src/features/invitations/InviteByName.tsx',
  'src/features/invitations/InviteDialog.tsx',
  'src/features/invitations/InvitePage.tsx',
  'src/features/moderation/dialogs',
  'src/features/files/tray',
  'src/features/pictures',
  'src/features/roles',
  'src/features/search',
  'src/features/server-settings',
  'src/features/settings',
]

/** @type {import('@lingui/conf').LinguiConfig} */
export default {
  locales: ['en', 'fr'],
  sourceLocale: 'en',
  catalogs: [
    {
      path: 'src/i18n/locales/{locale}',
      include: ['src'],
      exclude: later.map((path) => (path.endsWith('.tsx') ? path : `${path}/**`)),
    },
    { path: 'src/i18n/locales/later/{locale}', include: later },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
  orderBy: 'message',
}
