// HTTP by hand, byte for byte, for what no client library would send.
// @ts-check
import { once } from 'node:events';
import { connect } from 'node:net';
import { waitFor } from './wait.mjs';

export class RawConnection {
  #socket;
  #received = Buffer.alloc(0);
  /** Whether the server has ended its side, or the connection was reset. */
  isClosed = false;

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => (this.#received = Buffer.concat([this.#received, bytes])));
    socket.on('end', () => (this.isClosed = true));
    socket.on('close', () => (this.isClosed = true));
    socket.on('error', () => {}); // a reset is seen as a close
  }

  /** Everything received so far, as latin-1 text. */
  get received() {
    return this.#received.toString('latin1');
  }

  /** Status codes of the answers received so far. */
  get statuses() {
    return [...this.received.matchAll(/^HTTP\/1\.[01] (\d{3}) /gm)].map((match) => Number(match[1]));
  }

  /** @param {string | Buffer} bytes */
  send(bytes) {
    this.#socket.write(bytes);
  }

  /** Sends each byte in a packet of its own. @param {string} text */
  async sendByteByByte(text) {
    this.#socket.setNoDelay(true);
    for (const byte of Buffer.from(text, 'latin1')) {
      await new Promise((resolve) => this.#socket.write(Buffer.of(byte), resolve));
    }
  }

  /** No more from this side; the other may still answer. */
  halfClose() {
    this.#socket.end();
  }

  destroy() {
    this.#socket.destroy();
  }

  /** @param {RegExp} pattern @param {number} [timeoutMs] */
  waitFor(pattern, timeoutMs = 10_000) {
    return waitFor(`an answer like ${pattern}`, () => pattern.exec(this.received), { timeoutMs });
  }

  /** @param {number} [timeoutMs] */
  waitForClose(timeoutMs = 10_000) {
    return waitFor('the server to close the connection', () => this.isClosed, { timeoutMs });
  }
}

/** A connection to 127.0.0.1, destroyed after the test. @param {import('./places.mjs').Cleanup} test
 * @param {number} port */
export async function connectRaw(test, port) {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  test.after(() => socket.destroy());
  await once(socket, 'connect');
  return new RawConnection(socket);
}
