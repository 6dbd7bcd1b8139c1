/** An authenticator as a person has it on a phone, after RFC 6238: six digits of SHA-1, for 30 seconds each. */
import { createHmac } from 'node:crypto'

import { type Account, call } from './api'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30_000

/** The code of a moment. */
export function codeAt(secret: string, time: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(time / STEP_MS)))
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** A code for now, and the one that comes after it: each is good for once, and a clock may be half a minute ahead. */
export function codesOf(secret: string): [now: string, next: string] {
  return [codeAt(secret, Date.now()), codeAt(secret, Date.now() + STEP_MS)]
}

export interface Protected {
  secret: string
  recoveryCodes: string[]
}

/** Switches two-factor sign-in on without the screens, which have tests of their own. Uses the code of now. */
export async function protect(account: Account): Promise<Protected> {
  const body = { current_password: account.password }
  const { secret } = await call<{ secret: string }>(account.token, 'POST', '/users/@me/totp', body)
  const confirmation = { code: codeAt(secret, Date.now()) }
  const answer = await call<{ recovery_codes: string[] }>(account.token, 'POST', '/users/@me/totp/confirm', confirmation)
  return { secret, recoveryCodes: answer.recovery_codes }
}

/** What is written in Base32. */
function bytesOf(base32: string): Buffer {
  const digits = [...base32.toUpperCase()].filter((letter) => ALPHABET.includes(letter))
  const bits = digits.map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
