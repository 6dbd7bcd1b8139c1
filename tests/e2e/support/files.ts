/** Files made on the spot. */
import type { Locator, Page } from '@playwright/test'

import type { Made } from './api'
import { pngOf } from './picture'

/** A picture of these measures. */
export function picture(name: string, width = 640, height = 480): Made {
  return { name, type: 'image/png', bytes: new Uint8Array(pngOf(width, height)) }
}

export function text(name: string, content: string): Made {
  return { name, type: 'text/plain', bytes: new Uint8Array(Buffer.from(content)) }
}

/** Something that is nothing else, of a size in bytes. */
export function binary(name: string, size: number): Made {
  const bytes = new Uint8Array(size)
  for (let index = 0; index < size; index += 1) bytes[index] = (index * 31 + (index >> 8)) % 251
  return { name, type: 'application/octet-stream', bytes }
}

/** A tone of a second, as WAV. */
export function tone(name: string): Made {
  const rate = 8_000
  const samples = Buffer.alloc(rate * 2)
  for (let index = 0; index < rate; index += 1) samples.writeInt16LE(Math.round(8_000 * Math.sin(index / 6)), index * 2)
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + samples.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(samples.length, 40)
  return { name, type: 'audio/wav', bytes: new Uint8Array(Buffer.concat([header, samples])) }
}

/** A few frames that the browser itself records, as WebM. */
export async function video(page: Page, name: string): Promise<Made> {
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = 320
    canvas.height = 180
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm' })
    const parts: Blob[] = []
    const recorded = new Promise((done) => {
      recorder.ondataavailable = ({ data }) => parts.push(data)
      recorder.onstop = done
    })
    recorder.start()
    for (let frame = 0; frame < 10; frame += 1) {
      const context = canvas.getContext('2d')
      if (context) context.fillStyle = `hsl(${frame * 36} 70% 50%)`
      context?.fillRect(0, 0, 320, 180)
      await new Promise((drawn) => setTimeout(drawn, 60))
    }
    recorder.stop()
    await recorded
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())]
  })
  return { name, type: 'video/webm', bytes: new Uint8Array(bytes) }
}

/** Chooses files with the button of the composer. */
export async function choose(page: Page, files: Made[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach files' }).click()
  const chosen = files.map(({ name, type, bytes }) => ({ name, mimeType: type, buffer: Buffer.from(bytes) }))
  await (await chooser).setFiles(chosen)
}

/** What a drag, or the clipboard, carries. */
function carrying(page: Page, files: Made[]) {
  const plain = files.map(({ name, type, bytes }) => ({ name, type, base64: Buffer.from(bytes).toString('base64') }))
  return page.evaluateHandle((all) => {
    const data = new DataTransfer()
    for (const { name, type, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      data.items.add(new File([bytes], name, { type }))
    }
    return data
  }, plain)
}

/** Holds files over the page; what this answers lets them go. */
export async function drag(page: Page, files: Made[]): Promise<() => Promise<void>> {
  const dataTransfer = await carrying(page, files)
  const over = page.getByRole('main')
  await over.dispatchEvent('dragenter', { dataTransfer })
  await over.dispatchEvent('dragover', { dataTransfer })
  return () => over.dispatchEvent('drop', { dataTransfer })
}

/** Pastes files where one writes. */
export async function paste(page: Page, files: Made[]): Promise<void> {
  const clipboardData = await carrying(page, files)
  await page.getByRole('textbox', { name: /^Message to/ }).evaluate((field, data) => {
    const event = new ClipboardEvent('paste', { clipboardData: data as DataTransfer, bubbles: true, cancelable: true })
    field.dispatchEvent(event)
  }, clipboardData)
}

/** What stands above the field, to be sent next. */
export function tray(page: Page): Locator {
  return page.getByRole('list', { name: 'Attached files' }).getByRole('listitem')
}
