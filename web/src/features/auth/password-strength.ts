/** 0 nothing, 1 weak, 2 fair, 3 good, 4 strong. */
export type Strength = 0 | 1 | 2 | 3 | 4

const common = /^(?:password|passwort|motdepasse|azerty|qwerty|letmein|welcome|bonjour|12345)/i

/**
 * A hint at how hard a password is to guess; the server decides what is acceptable. Length counts most (NIST SP
 * 800-63B), variety a little, and repetitions or well-known beginnings take away.
 */
export function passwordStrength(password: string): Strength {
  if (password === '') return 0
  const characters = [...password]
  const different = new Set(characters).size
  if (characters.length < 8 || different < 5 || (common.test(password) && characters.length < 16)) return 1
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) =>
    kind.test(password),
  ).length
  const points = different + Math.min(characters.length - different, 6) / 2 + (kinds - 1) * 2
  if (points < 10) return 2
  return points < 15 ? 3 : 4
}
