/** Uploads one file in pieces, each of which counts once it has arrived. */
import { DetailedError, Upload as TusUpload } from 'tus-js-client'
import { readCookie, refreshSession } from '@/api/client'
import type { Attachment, Id } from '@/api/contract'
import { type ApiProblem, asProblem, networkProblem, problemFrom } from '@/api/problem'
import { fetchAttachment, uploadAddress } from './calls'
import type { Upload } from './uploads'

/** What a proxy in between lets through, and what goes out within one life of the session's tokens. */
const pieceBytes = 8 * 1024 * 1024
/** Without progress for this long it counts as broken: not every line that is cut says so. */
const stalledMs = 30_000
/** The same once everything is sent: the server reads it through before it answers. */
const readThroughMs = 120_000

export interface Reports {
  onOpened: (address: string) => void
  onMoved: (sent: number) => void
  /** The server has a piece. */
  onArrived: () => void
  onBroken: (problem: ApiProblem) => void
  onFinished: (attachment: Attachment) => void
}

export interface Transfer {
  /** Begins, or goes on where the server has got to. */
  start: () => void
  stop: () => void
}

export function openTransfer(upload: Upload, reports: Reports): Transfer {
  let watch: ReturnType<typeof setTimeout> | undefined
  // Once for each start: a token that was renewed and is refused all the same is a refusal.
  let mayRenew = true
  let isStopped = false
  const { onOpened, onMoved, onArrived, onBroken, onFinished } = reports

  function watchFor(sent: number) {
    clearTimeout(watch)
    watch = setTimeout(
      () => {
        void tus.abort()
        onBroken(networkProblem())
      },
      sent < upload.size ? stalledMs : readThroughMs,
    )
  }

  async function fail(problem: ApiProblem) {
    clearTimeout(watch)
    if (problem.status !== 401 || !mayRenew) return onBroken(problem)
    mayRenew = false
    const renewal = await refreshSession()
    if (isStopped) return
    if (renewal === 'renewed') start()
    else onBroken(renewal === 'ended' ? problem : networkProblem())
  }

  function start() {
    watchFor(0)
    tus.start()
  }

  const tus = new TusUpload(upload.file, {
    endpoint: uploadAddress(upload),
    uploadUrl: upload.address,
    chunkSize: pieceBytes,
    metadata: { filename: upload.name, filetype: upload.type },
    // Whoever started it decides when it goes on.
    retryDelays: null,
    storeFingerprintForResuming: false,
    onBeforeRequest: (request) => {
      const token = readCookie('beep_csrf')
      if (token) request.setHeader('X-CSRF-Token', token)
    },
    onUploadUrlAvailable: () => tus.url && onOpened(tus.url),
    onProgress: (sent) => {
      watchFor(sent)
      onMoved(sent)
    },
    onChunkComplete: () => {
      mayRenew = true
      onArrived()
    },
    onError: (error) => void fail(problemOf(error)),
    onSuccess: () => {
      clearTimeout(watch)
      fetchAttachment(upload, idIn(tus.url ?? '')).then(onFinished, (error) => onBroken(asProblem(error)))
    },
  })

  return {
    start: () => {
      mayRenew = true
      isStopped = false
      start()
    },
    stop: () => {
      isStopped = true
      clearTimeout(watch)
      void tus.abort()
    },
  }
}

/** The id in the address of an upload: the last part of its path. */
export function idIn(address: string): Id {
  return address.slice(address.lastIndexOf('/') + 1)
}

function problemOf(error: Error): ApiProblem {
  const answer = error instanceof DetailedError ? error.originalResponse : null
  if (!answer) return networkProblem()
  const headers = new Headers()
  const retryAfter = answer.getHeader('Retry-After')
  if (retryAfter) headers.set('Retry-After', retryAfter)
  const status = answer.getStatus()
  // Without an answer the browser says 0.
  if (status < 200 || status > 599) return networkProblem()
  return problemFrom(new Response(null, { status, headers }), parsed(answer.getBody()))
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
