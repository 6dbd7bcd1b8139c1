import { navigate, type Route, useRoute } from './router'

let routeBeneath: Route = { name: 'home' }

/** The route beneath the settings, which lie over everything. */
export function useRouteBeneath(): Route {
  const route = useRoute()
  if (route.name !== 'settings') routeBeneath = route
  return routeBeneath
}

/** Goes back to what the settings lie over. */
export function closeSettings(): void {
  navigate(routeBeneath)
}
