/** The code in what somebody typed or pasted: a whole link, or the code alone. Null when there is none. Pure. */
export function codeIn(text: string): string | null {
  const last =
    text
      .trim()
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split('/')
      .at(-1) ?? ''
  return /^[A-Za-z0-9]{12}$/.test(last) ? last : null
}
