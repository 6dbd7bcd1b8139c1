/** A Beep of a test's own, for what the shared one cannot be: empty. */
import { spawn } from 'node:child_process'

import { freePort, passingFolder, program } from './program'

export interface Instance {
  url: string
  stop: () => Promise<void>
}

/** Starts an empty Beep on free ports, with these settings besides; browsers find it by this name of the machine. */
export async function emptyInstance(settings: Record<string, string> = {}, host = '127.0.0.1'): Promise<Instance> {
  const port = await freePort()
  const wanted = { port, data: passingFolder(), passing: true, demo: false }
  const { command: [file, ...args], env, readyWithin } = program(wanted)
  const url = `http://${host}:${port}`
  const child = spawn(file, args, {
    env: { ...process.env, ...env, BEEP_PUBLIC_URL: url, ...settings },
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const stop = async () => {
    // The leash lets go of it.
    child.stdin.end()
    await ended
  }
  const deadline = Date.now() + readyWithin
  while (child.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.ok) return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await stop()
  throw new Error(`no Beep at ${url}`)
}
