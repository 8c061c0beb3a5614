// Pictures, and calls of /api/user whose answers are held against openapi.json.
// @ts-check
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';

/** @typedef {import('./accounts.mjs').Person} Person */

/** @param {import('./contract.mjs').ContractClient} client */
export const caller = (client) =>
  /** @param {Person} who @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
  (who, method, path, body, headers = {}) =>
    client.request(method, `/api/user/${path}`, { body, headers: { ...who.headers, ...headers } });

/** @template {{ status: number, json: any, text: string }} T @param {T} answer @param {number} status @param {string} [code] */
export function expectStatus(answer, status, code) {
  assert.deepEqual([answer.status, answer.json?.code], [status, code ?? answer.json?.code], answer.text);
  return answer;
}

/** @param {string} api URL @param {Person} who @param {Uint8Array} bytes @param {string} [type] */
export async function putAvatar(api, who, bytes, type = 'image/png') {
  const answer = await fetch(`${api}/api/user/avatar`, {
    method: 'PUT',
    headers: { ...who.headers, 'content-type': type },
    body: /** @type {any} */ (bytes),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
}

/** A PNG file of one colour. @param {number} width @param {number} height @param {number[]} rgba */
export function png(width, height, rgba) {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let crc = n;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc >>> 0;
  });
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    let crc = 0xffffffff;
    for (const byte of body) crc = (crc >>> 8) ^ /** @type {number} */ (crcTable[(crc ^ byte) & 0xff]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array(width).fill(Buffer.from(rgba)))]);
  const pixels = deflateSync(Buffer.concat(Array(height).fill(row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}
