/**
 * How a Beep is started: as one process, or as services apart with `BEEP_TEST_SHAPE=apart`, which needs the PostgreSQL of
 * `scripts/with-postgres`. Either is on a leash: it ends with whoever has started it.
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = new URL('../../../', import.meta.url)

/** What listens, counted from the port of the first: see `scripts/apart`. */
const APART = [...upTo(8), 500, ...upTo(8).map((number) => 1000 + number)]
/** Below the ports that systems take for outgoing connections, above those of the tests in Rust. */
const FIRST = 20_000
const AMOUNT = 11_000

interface Wanted {
  port: number
  /** The folder for data and logs. */
  data: string
  /** That folder is made, and removed in the end. */
  passing: boolean
  /** Filled with the demo community. */
  demo: boolean
}

interface Program {
  /** To be started as the leader of a process group, with its input open. */
  command: [string, ...string[]]
  env: Record<string, string>
  /** How long it may take until it is ready, in milliseconds. */
  readyWithin: number
  /** How long it may take to stop, in milliseconds. */
  stopsWithin: number
}

/** The program that is tested. */
function beepBinary(): string {
  return resolve(process.env.BEEP_TEST_BINARY ?? pathOf('target/debug/beep'))
}

/** Another command than to serve, as an administrator gives it beside the Beep of the tests. */
export async function command(...words: string[]): Promise<void> {
  const data = process.env.BEEP_TEST_DATA ?? ''
  const database = isApart() ? { BEEP_DATABASE__URL: await readFile(join(data, 'database'), 'utf8') } : {}
  await promisify(execFile)(beepBinary(), [...words, '--data-dir', data], { env: { ...process.env, ...database } })
}

/** How to start a Beep that answers at this port of 127.0.0.1. */
export function program({ port, data, passing, demo }: Wanted): Program {
  const address = `127.0.0.1:${port}`
  const leash = [pathOf('tests/e2e/support/leash'), passing ? data : ''] as const
  const binary = beepBinary()
  const env = {
    BEEP_PUBLIC_URL: `http://${address}`,
    BEEP_RATE_LIMIT__ENABLED: 'false',
    BEEP_TELEMETRY__LOG_LEVEL: 'warn',
    // Pages of this machine have previews; others that tests link to have names that nobody has.
    BEEP_MESSAGES__PREVIEW_ALLOWED_NETWORKS: '127.0.0.1',
  }
  if (!isApart()) {
    const script = 'if [ "$3" = demo ]; then BEEP_IDENTITY__PROVIDER=embedded BEEP_MESSAGES__LINK_PREVIEWS=false "$0" demo --data-dir "$1"; fi && exec "$0" serve --data-dir "$1" --listen "$2"'
    return {
      command: [...leash, 'sh', '-c', script, binary, data, address, demo ? 'demo' : 'empty'],
      env,
      readyWithin: 60_000,
      stopsWithin: 15_000,
    }
  }
  if (!process.env.BEEP_TEST_POSTGRES_URL) {
    throw new Error('Services apart need a PostgreSQL: scripts/with-postgres env BEEP_TEST_SHAPE=apart npm --prefix tests/e2e test')
  }
  return {
    command: [...leash, pathOf('scripts/apart'), '--inside'],
    env: {
      ...env,
      BEEP_TEST_BINARY: binary,
      BEEP_TEST_PORT: String(port),
      BEEP_TEST_DATA: data,
      BEEP_TEST_DEMO: demo ? '1' : '0',
    },
    readyWithin: 180_000,
    stopsWithin: 30_000,
  }
}

/** A folder that does not exist yet. */
export function passingFolder(): string {
  return join(tmpdir(), `beep-e2e-${randomUUID()}`)
}

/** A port for {@link program} of which all that it needs are free. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * AMOUNT)
    const needed = (isApart() ? APART : [0]).map((offset) => port + offset)
    if ((await Promise.all(needed.map(isFree))).every(Boolean)) return port
  }
}

function isApart(): boolean {
  const shape = process.env.BEEP_TEST_SHAPE || 'together'
  if (shape !== 'apart' && shape !== 'together') throw new Error(`BEEP_TEST_SHAPE is together or apart, not ${shape}`)
  return shape === 'apart'
}

function isFree(port: number): Promise<boolean> {
  return new Promise((found) => {
    const probe = createServer()
    probe.once('error', () => found(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => found(true)))
  })
}

function upTo(end: number): number[] {
  return [...Array(end).keys()]
}

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, ROOT))
}
