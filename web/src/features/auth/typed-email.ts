/** The e-mail that was typed to sign in; who then asks for a new password need not type it again. Gone with the page. */
let typed = ''

export function typedEmail(): string {
  return typed
}

export function rememberTypedEmail(email: string): void {
  typed = email.trim()
}
