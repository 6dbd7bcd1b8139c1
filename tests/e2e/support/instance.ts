/** A Beep of a test's own, for what the shared one cannot be: empty. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Instance {
  url: string
  stop: () => Promise<void>
}

/** Starts an empty Beep on a free port. */
export async function emptyInstance(): Promise<Instance> {
  const address = `127.0.0.1:${await freePort()}`
  const data = mkdtempSync(join(tmpdir(), 'beep-e2e-empty-'))
  const url = `http://${address}`
  const binary = process.env.BEEP_TEST_BINARY ?? '../../target/debug/beep'
  const child = spawn(binary, ['serve', '--listen', address, '--data-dir', data], {
    env: { ...process.env, BEEP_PUBLIC_URL: url, BEEP_TELEMETRY__LOG_LEVEL: 'warn' },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.ok) return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await stop()
  throw new Error(`no Beep at ${url}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
