/** Signing in or up. */
export default function SignInScreen() {
  return <main />
}
