import type { FieldError, ProblemBody } from './contract'

/** The least that a refusal says, after RFC 9457. */
type Refusal = Pick<ProblemBody, 'title' | 'status' | 'code'> & Partial<ProblemBody>

/** A refusal of the server, or (code `network`) no answer at all. Decide by `code`, never by text. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly fields: FieldError[]
  /** Whole seconds after which another attempt makes sense, when the server said so. */
  readonly retryAfter: number | null
  readonly traceId: string | null

  constructor(body: Refusal, retryAfter: number | null = null) {
    super(body.detail ?? body.title)
    this.name = 'ApiProblem'
    this.status = body.status
    this.code = body.code
    this.fields = body.errors ?? []
    this.retryAfter = retryAfter
    this.traceId = body.trace_id ?? null
  }

  /** The code for one field, if the server found fault with it. */
  fieldCode(field: string): string | undefined {
    return this.fields.find((error) => error.field === field)?.code
  }

  /** No answer came: the request may or may not have been carried out. */
  get isNetwork(): boolean {
    return this.code === 'network'
  }
}

/** The problem for a request that got no answer. */
export function networkProblem(): ApiProblem {
  return new ApiProblem({ title: 'No answer', status: 0, code: 'network' })
}

/** Reads a refusal whatever its body: a proxy in between may answer with something else than a problem. */
export function problemFrom(response: Response, body: unknown): ApiProblem {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : null
  if (isProblemBody(body)) return new ApiProblem(body, retryAfter)
  const title = response.statusText || 'Unexpected answer'
  return new ApiProblem({ title, status: response.status, code: 'unexpected_answer' }, retryAfter)
}

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : networkProblem()
}

function isProblemBody(body: unknown): body is Refusal {
  if (typeof body !== 'object' || body === null) return false
  return (
    'code' in body && typeof body.code === 'string' && 'status' in body && typeof body.status === 'number'
  )
}
