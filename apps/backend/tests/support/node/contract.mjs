// A client that holds every answer against the api's own openapi.json, and remembers what was exercised.
// @ts-check
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

// Both packages are CommonJS with a default export that their types place elsewhere than Node does.
const require = createRequire(import.meta.url);
const Ajv2020 = /** @type {typeof import('ajv/dist/2020.js').Ajv2020} */ (require('ajv/dist/2020').Ajv2020);
const addFormats = /** @type {(ajv: object) => void} */ (require('ajv-formats'));

/**
 * @typedef {object} Operation
 * @property {string} id operationId
 * @property {string} method upper case
 * @property {string} path template
 * @property {RegExp} pattern of a concrete path
 * @property {any} declaration of the document
 */

/** @param {string} template like /api/routes/{id} */
function patternOf(template) {
  const literal = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** Every operation of the document; paths without parameters first, so that they win.
 * @param {any} document @returns {Operation[]} */
export function operationsOf(document) {
  return Object.entries(document.paths)
    .sort(([a], [b]) => a.split('{').length - b.split('{').length)
    .flatMap(([path, item]) =>
      methods
        .filter((method) => item[method])
        .map((method) => ({
          id: item[method].operationId,
          method: method.toUpperCase(),
          path,
          pattern: patternOf(path),
          declaration: item[method],
        })),
    );
}

export class ContractClient {
  #base;
  #document;
  #operations;
  #ajv;
  /** "operationId status" of every answer so far. @type {Set<string>} */
  exercised = new Set();

  /** Sent with every request: who asks. @type {Record<string, string>} */
  headers = {};

  /** @param {string} base URL of the api @param {any} document its openapi.json */
  constructor(base, document) {
    this.#base = base;
    this.#document = document;
    this.#operations = operationsOf(document);
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(this.#ajv);
    this.#ajv.addSchema(document, 'openapi.json');
  }

  /** The client of an api, by the document that it serves. @param {string} base */
  static async of(base) {
    const answer = await fetch(`${base}/api/openapi.json`);
    assert.equal(answer.status, 200);
    return new ContractClient(base, await answer.json());
  }

  get operations() {
    return this.#operations;
  }

  /** What the document says about a request. @param {string} method @param {string} path without query */
  operationFor(method, path) {
    const found = this.#operations.find((one) => one.method === method && one.pattern.test(path));
    assert.ok(found, `${method} ${path} is not in openapi.json`);
    return found;
  }

  /**
   * Sends a request; fails when the answer is not as the document says. `body` that is no string is sent as JSON.
   * @param {string} method
   * @param {string} target path and query
   * @param {{ body?: unknown, headers?: Record<string, string>, isInvalid?: boolean }} [options]
   *   isInvalid: the body breaks its schema on purpose
   */
  async request(method, target, { body, headers = {}, isInvalid = false } = {}) {
    const operation = this.operationFor(method, target.split('?')[0] ?? target);
    if (body !== undefined && typeof body !== 'string' && !isInvalid) {
      this.#hold(operation.declaration.requestBody?.content?.['application/json']?.schema, body, `body of ${operation.id}`);
    }
    const isText = typeof body === 'string';
    const answer = await fetch(this.#base + target, {
      method,
      headers: { ...(body !== undefined && !isText && { 'content-type': 'application/json' }), ...this.headers, ...headers },
      body: body === undefined ? undefined : isText ? body : JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await answer.text();
    const json = this.#check(operation, answer, text);
    this.exercised.add(`${operation.id} ${answer.status}`);
    return { status: answer.status, headers: answer.headers, text, json };
  }

  /** Operations, and those of their documented statuses, that no request has met. */
  unexercised() {
    return this.#operations.flatMap(({ id, declaration }) =>
      Object.keys(declaration.responses)
        .filter((status) => /^\d{3}$/.test(status) && !this.exercised.has(`${id} ${status}`))
        .map((status) => `${id} ${status}`),
    );
  }

  /** @param {Operation} operation @param {Response} answer @param {string} text */
  #check(operation, answer, text) {
    const where = `${operation.id} ${answer.status}`;
    const declared = this.#resolve(operation.declaration.responses[answer.status] ?? operation.declaration.responses.default);
    assert.ok(declared, `${where} is not documented:\n${text.slice(0, 500)}`);
    if (!declared.content || answer.status === 304 || operation.method === 'HEAD') {
      if (!declared.content) assert.equal(text, '', `${where} is documented without a body`);
      return undefined;
    }
    const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const media = declared.content[type];
    assert.ok(media, `${where} answered ${type}, documented are ${Object.keys(declared.content).join(', ')}`);
    if (!/[/+]json$/.test(type)) return undefined;
    const json = JSON.parse(text);
    this.#hold(media.schema, json, where);
    return json;
  }

  /** @param {any} part a part of the document, maybe a reference @returns {any} */
  #resolve(part) {
    if (!part?.$ref) return part;
    const keys = part.$ref.slice(2).split('/').map((/** @type {string} */ key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
    return keys.reduce((/** @type {any} */ value, /** @type {string} */ key) => value[key], this.#document);
  }

  /** @param {any} schema @param {unknown} value @param {string} where */
  #hold(schema, value, where) {
    assert.ok(schema, `${where} has no documented schema`);
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi.json#/'));
    const validate = this.#ajv.compile(rooted);
    assert.ok(validate(value), `${where} breaks its schema:\n${this.#ajv.errorsText(validate.errors, { separator: '\n' })}`);
  }
}
