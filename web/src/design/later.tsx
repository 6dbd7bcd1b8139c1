import { type ComponentType, lazy, Suspense } from 'react'

interface Part<Props> {
  default: ComponentType<Props>
}

/** Between the attempts to fetch a part: a line that is down for a moment must not cost a dialog. */
const retryMs = [500, 2_000]

const notYetFetched = new Set<() => Promise<unknown>>()

/**
 * A component that is no part of the first load, because it is seen only after somebody did something: a dialog, a
 * menu, a screen. {@link fetchLater} brings it while nothing else happens, so that nobody waits for it. `Meanwhile` stands
 * in its place until then.
 */
export function later<Props extends object>(
  load: () => Promise<Part<Props>>,
  Meanwhile?: ComponentType<Props>,
): ComponentType<Props> {
  const fetchPart = () => {
    notYetFetched.delete(fetchPart)
    return patiently(load)
  }
  notYetFetched.add(fetchPart)
  const Fetched = lazy(fetchPart)
  return function Later(props: Props) {
    return (
      <Suspense fallback={Meanwhile ? <Meanwhile {...props} /> : null}>
        <Fetched {...props} />
      </Suspense>
    )
  }
}

/** Fetches what was put off, one part after the other, while the browser has nothing else to do. */
export function fetchLater(): void {
  const [next] = notYetFetched
  if (!next) return
  whenIdle(() => {
    // One that cannot be had now is asked for again when it is needed.
    void next().then(fetchLater, () => undefined)
  })
}

async function patiently<Props>(load: () => Promise<Part<Props>>): Promise<Part<Props>> {
  for (const pause of retryMs) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return load()
}

/** Safari has no `requestIdleCallback`. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 5_000 })
  else setTimeout(work, 200)
}
