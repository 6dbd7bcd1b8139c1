import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { useLingui } from '@lingui/react/macro'
import { lazy, Suspense, useEffect } from 'react'
import { I18nProvider as AriaI18nProvider, RouterProvider } from 'react-aria-components'
import { later } from '@/design/later'
import { Toasts } from '@/design/Toasts'
import { intended } from '@/features/invitations/intention'
import { Moderating } from '@/features/moderation/Moderating'
import { withLaterTexts } from '@/i18n/locale'
import { useStore } from '@/state/store'
import { MishapBoundary } from './Mishap'
import { navigate, parseRoute, type Route, useRoute } from './router'
import { Splash } from './Splash'

const Shell = lazy(() => import('./Shell'))
const SignInScreen = lazy(() => withLaterTexts(import('@/features/auth/SignInScreen')))
const SignUpScreen = lazy(() => withLaterTexts(import('@/features/auth/SignUpScreen')))
const MailLinkScreen = lazy(() => withLaterTexts(import('@/features/auth/MailLinkScreen')))
const InvitePage = lazy(() => withLaterTexts(import('@/features/invitations/InvitePage')))
const ServerSettingsScreen = later(() =>
  withLaterTexts(import('@/features/server-settings/ServerSettingsScreen')),
)
const ChannelSettingsScreen = later(() =>
  withLaterTexts(import('@/features/channel-settings/ChannelSettingsScreen')),
)
const SettingsScreen = later(() => withLaterTexts(import('@/features/settings/SettingsScreen')))

/** The whole client. */
export function App() {
  return (
    <I18nProvider i18n={i18n}>
      <Localised />
    </I18nProvider>
  )
}

function Localised() {
  const { i18n: current } = useLingui()
  return (
    <AriaI18nProvider locale={current.locale}>
      <RouterProvider navigate={(path) => navigate(parseRoute(path))}>
        <MishapBoundary>
          <Suspense fallback={<Splash />}>
            <Screen />
          </Suspense>
        </MishapBoundary>
        <Toasts />
      </RouterProvider>
    </AriaI18nProvider>
  )
}

/** Whoever wanted to join with an invitation before signing in goes on there; others where they were sent away from. */
function routeAfterSigningIn(): Route {
  const code = intended()
  return code ? { name: 'invite', code } : parseRoute(String(history.state ?? '/'))
}

function Screen() {
  const route = useRoute()
  const signedIn = useStore((state) => state.signedIn)
  const newAccount = route.name === 'sign-up' || route.name === 'auth/complete'
  const outside = newAccount || route.name === 'sign-in'
  const byMail =
    route.name === 'forgot-password' || route.name === 'reset-password' || route.name === 'confirm-email'
  const forAnybody = byMail || route.name === 'invite'

  useEffect(() => {
    if (signedIn === 'no' && !outside && !forAnybody) navigate({ name: 'sign-in' }, { replace: true })
    if (signedIn === 'yes' && outside) navigate(routeAfterSigningIn(), { replace: true })
  }, [signedIn, outside, forAnybody])

  if (signedIn === 'unknown') return <Splash />
  if (route.name === 'invite') return <InvitePage code={route.code} />
  if (byMail) return <MailLinkScreen name={route.name} />
  if (signedIn === 'no') return newAccount ? <SignUpScreen /> : <SignInScreen />
  if (outside) return <Splash />
  return (
    <>
      <Shell />
      {route.name === 'settings' && <SettingsScreen section={route.section} />}
      {route.name === 'server-settings' && <ServerSettingsScreen key={route.serverId} {...route} />}
      {route.name === 'channel-settings' && <ChannelSettingsScreen key={route.channelId} {...route} />}
      <Moderating />
    </>
  )
}
