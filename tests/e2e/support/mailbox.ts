/** A server on this machine that takes every mail and keeps it. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

import { expect } from './test'

interface Mail {
  to: string
  /** All that stands in it, decoded. */
  text: string
}

export interface Mailbox {
  /** For the settings of a Beep. */
  url: string
  /** The texts of the mails to somebody, once there are as many. */
  to: (address: string, count?: number) => Promise<string[]>
  stop: () => Promise<void>
}

export async function mailbox(): Promise<Mailbox> {
  const mails: Mail[] = []
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy())
    receive(socket, mails)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const textsTo = (address: string) => mails.filter(({ to }) => to === address).map(({ text }) => text)
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    to: async (address, count = 1) => {
      await expect.poll(() => textsTo(address).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
      return textsTo(address)
    },
    stop: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The link in a mail that leads to a page. */
export function linkIn(mail: string | undefined, page: string): string {
  const link = mail?.match(new RegExp(`http://[^\\s"<>]+/${page}#token=[\\w-]+`))?.[0]
  if (link === undefined) throw new Error(`no link to ${page} in: ${mail}`)
  return link
}

/** Speaks the receiving side of SMTP (RFC 5321), as far as a sender needs it. */
function receive(socket: Socket, mails: Mail[]): void {
  let rest = ''
  let recipients: string[] = []
  let inData = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  say('220 mailbox ESMTP')
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk
    for (let end = endOf(rest, inData); end !== null; end = endOf(rest, inData)) {
      const taken = rest.slice(0, end.at)
      rest = rest.slice(end.next)
      if (inData) {
        for (const to of recipients) mails.push({ to, text: decoded(taken.replace(/^\.\./gm, '.')) })
        inData = false
        recipients = []
        say('250 Kept')
        continue
      }
      const word = taken.slice(0, 4).toUpperCase()
      const recipient = taken.match(/^RCPT TO:<([^>]+)>/i)?.[1]
      if (recipient !== undefined) recipients.push(recipient)
      inData = word === 'DATA'
      say(word === 'EHLO' ? '250-mailbox\r\n250 8BITMIME' : inData ? '354 Go on' : word === 'QUIT' ? '221 Bye' : '250 OK')
      if (word === 'QUIT') socket.end()
    }
  })
}

/** Where a line, or a mail, ends in what has come; null as long as it does not. */
function endOf(received: string, inData: boolean): { at: number; next: number } | null {
  const mark = inData ? '\r\n.\r\n' : '\r\n'
  const at = received.indexOf(mark)
  return at < 0 ? null : { at, next: at + mark.length }
}

/** A mail with every part of it decoded. */
function decoded(mail: string): string {
  const boundary = mail.match(/boundary="?([^"\r\n;]+)/)?.[1]
  const parts = boundary === undefined ? [mail] : mail.split(`--${boundary}`)
  return parts
    .map((part) => {
      const [head = '', ...body] = part.trimStart().split('\r\n\r\n')
      const text = body.join('\r\n\r\n')
      if (/transfer-encoding: base64/i.test(head)) return `${head}\n${Buffer.from(text, 'base64').toString()}`
      if (!/transfer-encoding: quoted-printable/i.test(head)) return part
      const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      return `${head}\n${Buffer.from(bytes, 'latin1').toString()}`
    })
    .join('\n')
}
