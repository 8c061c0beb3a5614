// A browser without script, as far as forms need one: cookies, redirects when asked, the fields of a page's forms.
// @ts-check
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';

/** What HTML writes for these characters. @param {string} text */
export function unescapeHtml(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** Attributes of a tag. @param {string} tag @returns {Record<string, string>} */
function attributesOf(tag) {
  return Object.fromEntries(
    [...tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, unescapeHtml(value)]),
  );
}

/**
 * @typedef {object} PageForm
 * @property {string} action
 * @property {Record<string, string>} fields by name, with the values that stand in the page
 *
 * @typedef {object} PageAnswer
 * @property {number} status
 * @property {Headers} headers
 * @property {string} html
 * @property {string} location of a redirect; empty without one
 * @property {PageForm[]} forms
 */

export class FormBrowser {
  #base;
  /** Of its own, as the proxy tells it: what is counted for each address is counted for each browser. */
  #address = `10.${[0, 0, 0].map(() => randomInt(1, 255)).join('.')}`;
  /** By name. @type {Map<string, string>} */
  cookies = new Map();

  /** @param {string} base like http://127.0.0.1:3001 */
  constructor(base) {
    this.#base = base;
  }

  /** @param {string} path @param {{ method?: string, headers?: Record<string, string>, body?: string }} [options]
   * @returns {Promise<PageAnswer>} */
  async request(path, { method = 'GET', headers = {}, body } = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(this.#base + path, {
      method,
      redirect: 'manual',
      headers: { 'x-forwarded-for': this.#address, ...(cookie && { cookie }), ...headers },
      ...(body !== undefined && { body }),
    });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    const html = await answer.text();
    const forms = [...html.matchAll(/<form([^>]*)>([^]*?)<\/form>/g)].map(([, head = '', content = '']) => ({
      action: attributesOf(head).action ?? '',
      fields: Object.fromEntries(
        [...content.matchAll(/<input([^>]*)>/g)].map(([, tag = '']) => {
          const { name = '', value = '' } = attributesOf(tag);
          return [name, value];
        }),
      ),
    }));
    return { status: answer.status, headers: answer.headers, html, location: answer.headers.get('location') ?? '', forms };
  }

  /** @param {string} line of Set-Cookie */
  #keep(line) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/;\s*Max-Age=0(;|$)/i.test(line)) {
      this.cookies.delete(name);
    } else {
      this.cookies.set(name, value);
    }
  }

  /** The session's cookie; empty without one. */
  get session() {
    return this.cookies.get('avs_dev') ?? '';
  }

  /** A form's POST as a browser sends it. @param {string} action @param {Record<string, string>} fields
   * @param {Record<string, string>} [headers] */
  post(action, fields, headers = {}) {
    return this.request(action, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: this.#base, ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** Opens a page, fills in the form that goes to `action` (default: the page's own path), and sends it.
   * @param {string} path @param {Record<string, string>} [fields] @param {{ action?: string }} [options] */
  async submit(path, fields = {}, { action } = {}) {
    const page = await this.request(path);
    assert.equal(page.status, 200, `${path} answered ${page.status}: ${page.location}${page.html.slice(-600)}`);
    return this.fill(page, action ?? path.split('?')[0] ?? path, fields);
  }

  /** Sends a form of a page that was opened. @param {PageAnswer} page @param {string} action
   * @param {Record<string, string>} [fields] */
  fill(page, action, fields = {}) {
    const form = page.forms.find((one) => one.action === action);
    assert.ok(form, `no form to ${action} in ${page.html.slice(page.html.indexOf('<main>'))}`);
    return this.post(action, { ...form.fields, ...fields });
  }
}

/** The page's own words: what stands between <main> and </main>, without tags and without what is new each time.
 * @param {PageAnswer} page */
export function wordsOf(page) {
  const main = /<main[^>]*>([^]*)<\/main>/.exec(page.html)?.[1] ?? '';
  return unescapeHtml(main.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ').trim();
}
