/** A device that keeps passkeys, as Chromium plays it for one page. */
import type { Page } from '@playwright/test'

export interface Device {
  /** Its owner is there for what they are asked from now on, or is not. */
  setPresent: (present: boolean) => Promise<void>
  /** Its owner agrees to what they are asked from now on, or does not. */
  setAgreed: (agreed: boolean) => Promise<void>
  /** How many passkeys it keeps. */
  passkeys: () => Promise<number>
}

/** What it is: one that knows its owner and keeps passkeys, or a key that one touches, as a second factor. */
const kinds = {
  passkeys: { transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  key: { transport: 'usb', hasResidentKey: false, hasUserVerification: false },
} as const

/** Puts such a device at a page. */
export async function deviceOf(page: Page, kind: keyof typeof kinds = 'passkeys'): Promise<Device> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', automaticPresenceSimulation: true, ...kinds[kind] },
  })
  return {
    setPresent: async (present) => {
      await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: present })
    },
    setAgreed: async (agreed) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: agreed })
    },
    passkeys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}
