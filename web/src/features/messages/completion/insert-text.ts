/** Puts a text in place of a part of a field, as if it had been typed: it can be undone, and the field says so. */
export function insertText(field: HTMLTextAreaElement, start: number, end: number, text: string): void {
  field.focus()
  field.setSelectionRange(start, end)
  // The only way that keeps what can be undone; there is no other one in sight.
  if (document.execCommand('insertText', false, text)) return
  field.setRangeText(text, start, end, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}
