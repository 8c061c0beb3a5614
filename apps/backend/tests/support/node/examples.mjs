// Bodies and parameters made from the schemas of openapi.json, and the places in them where a text stands.
// @ts-check
import { randomUUID } from 'node:crypto';

/**
 * @typedef {object} Fill
 * @property {string} [text] what free texts begin with
 * @property {boolean} [isFull] with members that may be left out
 *
 * @typedef {(string | number)[]} Path names and indexes
 */

/** @param {any} document @param {any} schema a part of the document, maybe a reference @returns {any} */
export function resolved(document, schema) {
  if (!schema?.$ref) return schema ?? {};
  const keys = schema.$ref.slice(2).split('/');
  return resolved(document, keys.reduce((/** @type {any} */ value, /** @type {string} */ key) => value[key], document));
}

/** @type {Record<string, () => string>} */
const formats = {
  uuid: () => randomUUID(),
  email: () => `someone-${randomUUID()}@example.org`,
  'date-time': () => new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z'),
  date: () => new Date().toISOString().slice(0, 10),
  uri: () => 'https://example.org/',
};

/** @param {any} schema @param {Fill} fill */
function textOf(schema, fill) {
  const made = formats[schema.format];
  if (made) return made();
  const text = (fill.text ?? 'example').padEnd(schema.minLength ?? 0, 'x');
  return text.slice(0, schema.maxLength ?? text.length);
}

/** @param {any} document @param {any} schema @param {Fill} fill @returns {any} */
function objectOf(document, schema, fill) {
  const names = fill.isFull ? Object.keys(schema.properties ?? {}) : schema.required ?? [];
  return Object.fromEntries(names.map((/** @type {string} */ name) => [name, exampleOf(document, schema.properties?.[name], fill)]));
}

/**
 * A value that the schema accepts. Patterns are not read: who needs one gives it.
 * @param {any} document @param {any} reference @param {Fill} [fill] @returns {any}
 */
export function exampleOf(document, reference, fill = {}) {
  const schema = resolved(document, reference);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum.find((/** @type {unknown} */ one) => one !== null);
  const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
  if (choice) return exampleOf(document, choice, fill);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((/** @type {any} */ one) => exampleOf(document, one, fill)));
  const type = [schema.type].flat().find((one) => one !== 'null');
  if (type === 'object' || schema.properties) return objectOf(document, schema, fill);
  if (type === 'array') return Array.from({ length: schema.minItems ?? 1 }, () => exampleOf(document, schema.items, fill));
  if (type === 'integer' || type === 'number') return schema.minimum ?? schema.maximum ?? 1;
  if (type === 'boolean') return true;
  return textOf(schema, fill);
}

/** Where texts stand in a value. @param {unknown} value @returns {Path[]} */
export function textPaths(value) {
  if (typeof value === 'string') return [[]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) =>
    textPaths(member).map((rest) => [Array.isArray(value) ? Number(key) : key, ...rest]),
  );
}

/** A copy with another value at a place. @param {any} value @param {Path} path @param {unknown} other @returns {any} */
export function replacedAt(value, path, other) {
  const [key, ...rest] = path;
  if (key === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[key] = replacedAt(value[key], rest, other);
  return copy;
}

/** A template's path with its parameters, those of a tail each for itself, and the others as the query.
 * @param {string} template like /api/routes/{id} @param {Record<string, string>} parameters */
export function pathOf(template, parameters) {
  const query = new URLSearchParams();
  let path = template;
  for (const [name, value] of Object.entries(parameters)) {
    const place = new RegExp(`\\{${name}(\\*?)\\}`);
    const isTail = place.exec(path)?.[1] === '*';
    const encoded = isTail ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
    if (place.test(path)) path = path.replace(place, () => encoded);
    else query.set(name, value);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}
