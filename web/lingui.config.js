import { formatter } from '@lingui/format-po'

/** Screens that are fetched later, with their texts ({@link withLaterTexts} in src/i18n/locale.ts): no part of the first load. */
const later = [
  'src/features/auth',
  'src/features/channel-settings',
  'src/features/discovery',
  'src/features/first-run',
  'src/features/moderation/dialogs',
  'src/features/files/tray',
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
      exclude: later.map((folder) => `${folder}/**`),
    },
    { path: 'src/i18n/locales/later/{locale}', include: later },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
  orderBy: 'message',
}
