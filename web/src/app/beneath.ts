import { liesOver, navigate, type Route, useRoute } from './router'

let routeBeneath: Route = { name: 'home' }

/** The route beneath settings, which lie over everything. */
export function useRouteBeneath(): Route {
  const route = useRoute()
  if (!liesOver(route)) routeBeneath = route
  else if ('serverId' in route && serverOf(routeBeneath) !== route.serverId) routeBeneath = placeOf(route)
  return routeBeneath
}

/** Goes back to what the settings lie over. */
export function closeSettings(): void {
  navigate(routeBeneath)
}

function serverOf(route: Route): string | null {
  return 'serverId' in route ? route.serverId : null
}

/** Where settings of a server belong, for who came by their address. */
function placeOf(route: Route & { serverId: string }): Route {
  return { name: 'server', serverId: route.serverId }
}
