/** What the contract says of deleting one's account and of the copy of one's data. */
import type { components as UsersComponents } from './generated/users'

type Timestamp = UsersComponents['schemas']['Timestamp']

interface Answers<Status extends number, Body> {
  parameters: { query?: never; header?: never; path?: never; cookie?: never }
  requestBody?: never
  responses: { [status in Status]: { headers: Record<string, unknown>; content: Body } }
}

interface Json<Body> {
  'application/json': Body
}

/** A copy of all that is kept of somebody. */
export interface DataExport {
  status: 'preparing' | 'ready' | 'failed'
  requested_at: Timestamp
  ready_at?: Timestamp | null
  expires_at?: Timestamp | null
  /** In bytes. */
  size?: number | null
}

export interface OwnDataPaths {
  '/users/@me/deletion': {
    post: Omit<Answers<202, Json<{ erased_at: Timestamp }>>, 'requestBody'> & {
      requestBody: { content: Json<{ current_password?: string; code?: string }> }
    }
    delete: Answers<204, never>
  }
  '/users/@me/export': {
    get: Answers<200, Json<DataExport>>
    post: Answers<202, Json<DataExport>>
  }
}
