/** What somebody proves with that they are who they say: the code of an app, or one of the codes kept for when it is lost. */
export type CodeKind = 'totp' | 'recovery'

const totpDigits = 6

/** What was typed or pasted as the code of an app, without what is no digit: “123 456” too. */
export function digitsOf(typed: string): string {
  return typed.replace(/\D/g, '').slice(0, totpDigits)
}

/** Whether the code of an app has all its digits. */
export function isWhole(digits: string): boolean {
  return digits.length === totpDigits
}

/** A secret in groups of four, for whoever types it by hand. */
export function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? ''
}

/** A QR code as the address of a picture: drawn by the browser as a picture, an SVG can neither run nor fetch anything. */
export function pictureAddress(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** The text of a file of recovery codes: one on each line, beneath what they are for. */
export function recoveryFile(title: string, hint: string, codes: readonly string[]): string {
  return [title, hint, '', ...codes, ''].join('\n')
}
