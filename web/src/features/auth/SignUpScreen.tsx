/** Signing in or up. */
export default function SignUpScreen() {
  return <main />
}
