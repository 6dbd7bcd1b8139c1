// A browser without a screen: keeps cookies, follows redirects, fills in forms. What it would fetch from the public URL it
// fetches from Keycloak's private address, as Beep's edge does for it.
import { keycloak, publicUrl } from './keycloak.mjs'

const entities = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x27': "'" }
const text = (html) => html.replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole)
const attribute = (tag, name) => text(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')

/** A page that was shown. */
class Page {
  constructor(url, status, html) {
    Object.assign(this, { url: new URL(url), status, html })
  }

  /** What one reads, without marks. */
  get text() {
    return text(this.html.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ')).replace(
      /\s+/g,
      ' ',
    )
  }

  get title() {
    return text(/id="kc-page-title"[^>]*>([\s\S]*?)<\/h1>/.exec(this.html)?.[1] ?? '')
      .replace(/<[^>]*>/g, '')
      .trim()
  }

  /** The addresses of links. */
  get links() {
    return [...this.html.matchAll(/<a\s[^>]*href="([^"]*)"/g)].map(
      ([, href]) => new URL(text(href), this.url),
    )
  }

  /** Whether there is a field of this name. */
  has(name) {
    return this.html.includes(`name="${name}"`)
  }

  /** The form that has the field or the button of this name, and what it holds already. */
  form(name) {
    for (const [, head, body] of this.html.matchAll(/<form(\s[^>]*)>([\s\S]*?)<\/form>/g)) {
      const fields = {}
      for (const [tag] of body.matchAll(/<(input|button|select)\s[^>]*>/g)) {
        const type = attribute(tag, 'type')
        fields[attribute(tag, 'name')] = /radio|submit|button|checkbox/.test(type)
          ? undefined
          : attribute(tag, 'value')
      }
      if (name in fields || new RegExp(`\\s(name|id)="${name}"`).test(head + body)) {
        return { action: new URL(attribute(head, 'action'), this.url), fields }
      }
    }
    throw new Error(`no form with ${name} on ${this.url}: ${this.title} ${this.text.slice(0, 600)}`)
  }
}

export class Visitor {
  #cookies = new Map()

  constructor(language = 'en') {
    this.language = language
  }

  cookies(host) {
    if (!this.#cookies.has(host)) this.#cookies.set(host, new Map())
    return this.#cookies.get(host)
  }

  /** Goes to an address and on to where that leads; stops where Beep itself would be. */
  async go(address, body) {
    let url = new URL(address)
    for (let redirects = 0; redirects < 20; redirects++) {
      if (url.href.startsWith(publicUrl) && !url.pathname.startsWith('/realms/')) return new Page(url, 0, '')
      const answer = await this.#fetch(url, body)
      const page = new Page(url, answer.status, await answer.text())
      const target = answer.headers.get('location')
      // SAML goes on by forms that a browser's scripts send.
      const message = ['SAMLRequest', 'SAMLResponse'].find((name) => page.html.includes(`name="${name}"`))
      if (answer.status >= 300 && answer.status < 400 && target) {
        url = new URL(target, url)
        body = undefined
      } else if (message) {
        const { action, fields } = page.form(message)
        url = action
        body = new URLSearchParams(Object.entries(fields).filter(([name]) => name))
      } else {
        return page
      }
    }
    throw new Error(`redirected without end: ${url}`)
  }

  /** Fills in and sends the form that has the first of these fields, and follows. */
  async submit(page, fields) {
    const { action, fields: held } = page.form(Object.keys(fields)[0])
    const filled = Object.entries({ ...held, ...fields }).filter(
      ([name, value]) => name && value !== undefined,
    )
    return this.go(action, new URLSearchParams(filled))
  }

  /** Sends what is right after what was wrong: Keycloak may still be writing that down, and then refuses this, too. */
  async insist(page, fields) {
    let next = await this.submit(page, fields)
    for (let tries = 0; tries < 5 && next.has(Object.keys(fields)[0]); tries++)
      next = await this.submit(next, fields)
    return next
  }

  async #fetch(url, body) {
    const cookies = this.cookies(url.hostname)
    const headers = {
      accept: 'text/html',
      'accept-language': this.language,
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    }
    let address = url.href
    if (address.startsWith(publicUrl)) {
      address = keycloak + address.slice(publicUrl.length)
      const at = new URL(publicUrl)
      headers['x-forwarded-proto'] = at.protocol.slice(0, -1)
      headers['x-forwarded-host'] = at.host
      headers['x-forwarded-for'] = '127.0.0.1'
    }
    const answer = await fetch(address, { method: body ? 'POST' : 'GET', body, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (/max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
}
