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

export interface Security {
  password: boolean
  second_factor: { totp: boolean; since: string | null; recovery_codes_left: number }
  email_change: { email: string; expires_at: string } | null
}

export interface BegunTotp {
  secret: string
  otpauth_url: string
  qr_svg: string
}

interface Confirmed {
  current_password: string
  code?: string
}

export interface AwaitedPaths {
  '/users/@me/security': { get: Plain<Security> }
  '/users/@me/totp': { post: Operation<Confirmed, BegunTotp>; delete: Operation<Confirmed, undefined> }
  '/users/@me/totp/confirm': { post: Operation<{ code: string }, { recovery_codes: string[] }> }
  '/users/@me/totp/recovery-codes': { post: Operation<Confirmed, { recovery_codes: string[] }> }
  '/users/@me/password': {
    put: Operation<
      { current_password: string; new_password: string; end_other_sessions: boolean; code?: string },
      undefined
    >
  }
  '/users/@me/email': { post: Operation<Confirmed & { email: string }, undefined>; delete: Plain<undefined> }
  '/auth/password/forgot': { post: Operation<{ email: string }, undefined> }
  '/auth/password/reset': {
    post: Operation<{ token: string; new_password: string; code?: string }, undefined>
  }
  '/auth/email/verify': { post: Operation<{ token: string }, undefined> }
}
