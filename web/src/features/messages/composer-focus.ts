/** Puts the cursor back to where messages are written. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>('[data-composer] textarea')?.focus()
}
