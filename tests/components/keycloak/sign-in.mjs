// Signing in as beep-web does: authorisation code with PKCE.
import { createHash, randomBytes } from 'node:crypto'
import { callback, issuer, password, post } from './keycloak.mjs'

/** A new sign-in: the address to begin at, and what is needed to end it. */
export function beginning(more = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const url = new URL(`${issuer}/protocol/openid-connect/auth`)
  const fields = {
    client_id: 'beep-web',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: callback,
    state: randomBytes(8).toString('hex'),
    nonce: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  }
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) url.searchParams.set(name, value)
  return { url, verifier, state: fields.state, nonce: fields.nonce }
}

/** Exchanges what came back to Beep for tokens. */
export const exchange = (page, verifier, more = {}) =>
  post('token', 'beep-web', {
    grant_type: 'authorization_code',
    code: page.url.searchParams.get('code'),
    redirect_uri: callback,
    code_verifier: verifier,
    ...more,
  })

/** Signs in with a password, to where that leads. */
export async function withPassword(visitor, username, more = {}) {
  const start = beginning(more)
  const page = await visitor.go(start.url)
  return { ...start, page: await visitor.submit(page, { username, password }) }
}

/** Signs in by another provider, to where that leads. */
export async function withProvider(visitor, provider, name, more = {}) {
  const start = beginning(more)
  let page = await visitor.go(start.url)
  page = await visitor.go(page.links.find(({ pathname }) => pathname.endsWith(`/broker/${provider}/login`)))
  return { ...start, page: await visitor.submit(page, { username: name, password: `${name}-secret` }) }
}
