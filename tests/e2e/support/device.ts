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

/** Puts such a device at a page. */
export async function deviceOf(page: Page): Promise<Device> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
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
