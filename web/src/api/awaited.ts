/** Paths that the contract of the users service is about to have. */
interface Answers<Ok> {
  200: { headers: Record<string, unknown>; content: { 'application/json': Ok } }
}

interface Operation<Body, Ok> {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
  requestBody: { content: { 'application/json': Body } }
  responses: Answers<Ok>
}

interface Plain<Ok> {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
  requestBody?: never
  responses: Answers<Ok>
}

/** A new e-mail that waits for its link to be opened. */
export interface EmailChange {
  email: string
  expires_at: string
}

interface Confirmed {
  current_password: string
  code?: string
}

export interface AwaitedPaths {
  '/users/@me/email': { post: Operation<Confirmed & { email: string }, undefined>; delete: Plain<undefined> }
  '/auth/password/forgot': { post: Operation<{ email: string }, undefined> }
  '/auth/password/reset': {
    post: Operation<{ token: string; new_password: string; code?: string }, undefined>
  }
  '/auth/email/verify': { post: Operation<{ token: string }, undefined> }
}
