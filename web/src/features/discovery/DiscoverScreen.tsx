/** Public servers to join. */
export function DiscoverScreen() {
  return <main />
}
