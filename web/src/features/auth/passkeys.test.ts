import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  canOfferPasskeys,
  canUsePasskeys,
  forgetPasskey,
  isGivenUp,
  makePasskey,
  showPasskey,
} from './passkeys'

const options = { challenge: 'c2VjcmV0' }
const never = new AbortController().signal

/** A browser with passkeys, as this answers. */
function browser(answer: () => Promise<unknown>, parts: object = {}) {
  class PublicKeyCredential {
    toJSON() {}
  }
  const parse = (json: object) => ({ parsed: json })
  Object.assign(PublicKeyCredential, {
    parseCreationOptionsFromJSON: parse,
    parseRequestOptionsFromJSON: parse,
    ...parts,
  })
  const asked = vi.fn(answer)
  vi.stubGlobal('PublicKeyCredential', PublicKeyCredential)
  vi.stubGlobal('navigator', { credentials: { create: asked, get: asked } })
  return asked
}

afterEach(() => vi.unstubAllGlobals())

describe('passkeys are offered', () => {
  it('where the browser reads what the server says, and writes what it reads', () => {
    browser(async () => null)
    expect(canUsePasskeys()).toBe(true)
  })

  it('not where it cannot, or knows none', () => {
    expect(canUsePasskeys()).toBe(false)
    browser(async () => null, { parseRequestOptionsFromJSON: undefined })
    expect(canUsePasskeys()).toBe(false)
  })
})

describe('passkeys are offered in a field', () => {
  it.each([true, false])('as the browser says: %j', async (can) => {
    browser(async () => null, { isConditionalMediationAvailable: async () => can })
    expect(await canOfferPasskeys()).toBe(can)
  })

  it('not where it says nothing, or that it cannot say', async () => {
    browser(async () => null)
    expect(await canOfferPasskeys()).toBe(false)
    browser(async () => null, { isConditionalMediationAvailable: () => Promise.reject(new Error('No')) })
    expect(await canOfferPasskeys()).toBe(false)
  })
})

it('a device is asked what the server says, and answers in JSON', async () => {
  const asked = browser(async () => ({ toJSON: () => ({ id: 'key' }) }))
  await expect(makePasskey(options)).resolves.toEqual({ id: 'key' })
  await expect(showPasskey(options, never)).resolves.toEqual({ id: 'key' })
  await expect(showPasskey(options, never, true)).resolves.toEqual({ id: 'key' })
  expect(asked.mock.calls).toEqual([
    [{ publicKey: { parsed: options } }],
    [{ publicKey: { parsed: options }, signal: never }],
    [{ publicKey: { parsed: options }, mediation: 'conditional', signal: never }],
  ])
})

describe('a browser is told that nobody has a passkey any more', () => {
  it('at the place that it is for', async () => {
    const signalUnknownCredential = vi.fn(async () => {})
    browser(async () => null, { signalUnknownCredential })
    vi.stubGlobal('location', { hostname: 'beep.test' })
    await forgetPasskey('key')
    expect(signalUnknownCredential.mock.calls).toEqual([[{ rpId: 'beep.test', credentialId: 'key' }]])
  })

  it('and nothing happens where it does not listen, or there is none', async () => {
    vi.stubGlobal('location', { hostname: 'beep.test' })
    await expect(forgetPasskey('key')).resolves.toBeUndefined()
    browser(async () => null)
    await expect(forgetPasskey('key')).resolves.toBeUndefined()
    browser(async () => null, {
      signalUnknownCredential: () => Promise.reject(new DOMException('No', 'SecurityError')),
    })
    await expect(forgetPasskey('key')).resolves.toBeUndefined()
  })
})

describe('what a browser refuses becomes a problem', () => {
  it.each([
    ['NotAllowedError', 'passkey_given_up'],
    ['AbortError', 'passkey_given_up'],
    ['InvalidStateError', 'passkey_here'],
    ['SecurityError', 'passkey_address'],
    ['NotSupportedError', 'passkey_unsupported'],
    ['EncodingError', 'passkey_failed'],
  ])('%s is %s', async (name, code) => {
    browser(() => Promise.reject(new DOMException('No', name)))
    await expect(makePasskey(options)).rejects.toMatchObject({ code, fields: [] })
    const problem = await showPasskey(options, never).catch((error) => error)
    expect(problem).toMatchObject({ code })
    expect(isGivenUp(problem)).toBe(code === 'passkey_given_up')
  })

  it.each([null, {}])('and so does an answer that is none: %j', async (answer) => {
    browser(async () => answer)
    await expect(makePasskey(options)).rejects.toMatchObject({ code: 'passkey_failed' })
  })

  it('and what the server says and the browser cannot read', async () => {
    const parts = {
      parseCreationOptionsFromJSON: () => {
        throw new TypeError('No')
      },
    }
    browser(async () => null, parts)
    await expect(makePasskey(options)).rejects.toMatchObject({ code: 'passkey_failed' })
  })
})
