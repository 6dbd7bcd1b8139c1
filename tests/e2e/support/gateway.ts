/** A gateway connection that a test can cut and bring back. */
import type { Page, WebSocketRoute } from '@playwright/test'

export interface Line {
  /** Cuts the connection; new ones fail until it is repaired. */
  cut: () => Promise<void>
  repair: () => void
}

/** Puts a cuttable line between the page and the gateway; before the page is opened. */
export async function cuttableLine(page: Page): Promise<Line> {
  let broken = false
  const open = new Set<WebSocketRoute>()
  await page.routeWebSocket(/\/api\/v1\/gateway/, (socket) => {
    if (broken) {
      void socket.close({ code: 1001 })
      return
    }
    const server = socket.connectToServer()
    open.add(socket)
    socket.onMessage((data) => server.send(data))
    server.onMessage((data) => socket.send(data))
  })
  return {
    cut: async () => {
      broken = true
      for (const socket of open) await socket.close({ code: 1001 })
      open.clear()
    },
    repair: () => {
      broken = false
    },
  }
}
