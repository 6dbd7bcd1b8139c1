/** A site on this machine that messages link to. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { pngOf } from './picture'

export interface Site {
  url: string
  stop: () => Promise<void>
}

/** A page with a picture, and a picture alone. */
export async function site(title: string): Promise<Site> {
  const head = `<!doctype html><title>plain</title>
    <meta property="og:title" content="${title}"><meta property="og:site_name" content="The Gazette">
    <meta property="og:description" content="${'What it is about, at some length. '.repeat(20)}">
    <meta property="og:image" content="/wide.png"><meta name="theme-color" content="#ff8800">`
  const server = createServer((request, response) => {
    const picture = request.url?.endsWith('.png')
    response.setHeader('content-type', picture ? 'image/png' : 'text/html; charset=utf-8')
    response.end(picture ? pngOf(1_200, 630) : head)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const stop = () => new Promise<void>((closed) => server.close(() => closed()))
  return { url: `http://127.0.0.1:${port}`, stop }
}
