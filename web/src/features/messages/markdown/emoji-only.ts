/** More than this many are a text, not an exclamation. */
const most = 8

const onlyEmoji = new RegExp(`^(?:\\p{RGI_Emoji}\\s*){1,${most}}$`, 'v')
/** In UTF-16 units; families and flags are long. */
const longest = 200

/** Whether a text is 1 to 8 emoji and nothing else: it is shown large. */
export function isOnlyEmoji(content: string): boolean {
  return content.length <= longest && onlyEmoji.test(content.trim())
}
