/**
 * A viewer that speaks just enough of WebSocket and socket.io to watch a run as the page does, and times what arrives.
 * With the real client, 200 viewers would need more of the machine than the hub that is measured.
 */
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { LIVE_NAMESPACE } from '@convscope/shared/protocol/addresses.js';
import { SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { FrameReader } from './frame-reader.js';

/** An event begins with its wall time: the tag of field 1, a double, and eight bytes. */
const EVENT_HEAD_BYTES = 9;
const WALL_TIME_TAG = 0x09;

/** The columns of a message of rows. A JSON parser would take longer than all the rest of this file. */
const COLUMN = /"tag":"([^"]*)","kind":"([^"]*)"/g;

export interface LightViewerOptions {
  readonly port: number;
  readonly run: string;
  /** The maps that it wants. */
  readonly tags: readonly string[];
  /** The scalar whose newest row is timed. */
  readonly timed: string;
}

export class LightViewer {
  /** Milliseconds from stating a loss, or a map, to its arrival. */
  losses: number[] = [];
  maps: number[] = [];
  readonly #options: LightViewerOptions;
  readonly #socket = new Socket();
  /** What the binary frames that come next are, as the message before them said. */
  #attachments: ((bytes: Buffer) => void)[] = [];
  #wanted: number[] = [];
  #watching: () => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;
  /** Whether the hub, and not this viewer, ended the connection. */
  isCutOff = false;
  #isClosing = false;

  constructor(options: LightViewerOptions) {
    this.#options = options;
  }

  /** Resolves once the hub has answered the watch. */
  open(): Promise<void> {
    const { port } = this.#options;
    const key = randomBytes(16).toString('base64');
    const reader = new FrameReader({
      text: (text) => this.#hear(text),
      wants: () => this.#wanted.shift() ?? 0,
      binary: (bytes) => this.#attachments.shift()?.(bytes),
      closed: () => this.#socket.destroy(),
    });
    let answer: Buffer | null = Buffer.alloc(0);
    this.#socket.on('data', (chunk) => {
      if (answer === null) return reader.push(chunk);
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = answer.subarray(0, end).toString('latin1');
      if (!head.startsWith('HTTP/1.1 101 ')) {
        this.#failed(new Error(`The hub refused a viewer: ${answer.toString()}`));
        this.#socket.destroy();
        return;
      }
      const rest = answer.subarray(end + 4);
      answer = null;
      reader.push(rest);
    });
    this.#socket.connect({ port, host: '127.0.0.1' });
    this.#socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    return new Promise((resolve, reject) => {
      this.#watching = resolve;
      this.#failed = reject;
      this.#socket.on('error', reject);
      this.#socket.on('close', () => {
        this.isCutOff = !this.#isClosing;
        reject(new Error('The hub ended the connection of a viewer.'));
      });
    });
  }

  /** Stops reading at the level of TCP, as a suspended browser does. */
  stall(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #hear(text: string): void {
    const { run, tags } = this.#options;
    // engine.io: 0 opens, 2 pings. socket.io in a message: 40 connects, 43 answers, 45 is an event with attachments.
    if (text.startsWith('0')) this.#send(`40${LIVE_NAMESPACE},`);
    else if (text === '2') this.#send('3');
    else if (text.startsWith(`40${LIVE_NAMESPACE},`))
      this.#send(`42${LIVE_NAMESPACE},0${JSON.stringify(['watch', { runs: [run], mapsOf: run, tags }])}`);
    else if (text.startsWith(`43${LIVE_NAMESPACE},`)) this.#watching();
    else if (text.startsWith('45')) this.#expect(text);
  }

  #expect(text: string): void {
    const isMap = text.includes('["blob",');
    for (const [, tag, kind] of text.matchAll(COLUMN)) {
      const isTimed = tag === this.#options.timed && kind === 'scalar';
      if (isMap) this.#await(EVENT_HEAD_BYTES, (bytes) => this.#map(bytes, tag ?? ''));
      else if (isTimed) this.#await(Number.MAX_SAFE_INTEGER, (bytes) => this.#loss(bytes));
      else this.#await(0, () => undefined);
    }
  }

  #await(bytes: number, come: (bytes: Buffer) => void): void {
    this.#wanted.push(bytes);
    this.#attachments.push(come);
  }

  #map(event: Buffer, tag: string): void {
    if (event[0] === WALL_TIME_TAG) this.maps.push(Date.now() - event.readDoubleLE(1) * 1000);
    this.#send(`42${LIVE_NAMESPACE},${JSON.stringify(['credit', { run: this.#options.run, tag }])}`);
  }

  #loss(rows: Buffer): void {
    const newest = rows.length - SCALAR_ROW_BYTES;
    if (newest >= 0) this.losses.push(Date.now() - rows.readDoubleLE(newest + 8) * 1000);
  }

  /** A text frame with a mask of zeros, which leaves the text as it is. */
  #send(text: string): void {
    const payload = Buffer.from(text);
    const isShort = payload.length < 126;
    const header = Buffer.alloc(isShort ? 6 : 8);
    header[0] = 0x81;
    header[1] = 0x80 | (isShort ? payload.length : 126);
    if (!isShort) header.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([header, payload]));
  }
}
