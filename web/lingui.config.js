import { formatter } from '@lingui/format-po'

/** What only those see who govern a server: their texts are no part of the first load. */
const governing = [
  'src/features/channel-settings',
  'src/features/moderation/dialogs',
  'src/features/roles',
  'src/features/server-settings',
]

/** @type {import('@lingui/conf').LinguiConfig} */
export default {
  locales: ['en', 'fr'],
  sourceLocale: 'en',
  catalogs: [
    {
      path: 'src/i18n/locales/{locale}',
      include: ['src'],
      exclude: governing.map((folder) => `${folder}/**`),
    },
    { path: 'src/i18n/locales/governing/{locale}', include: governing },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
  orderBy: 'message',
}
