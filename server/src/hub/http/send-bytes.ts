import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { answerRoom, isLong } from './answer-room.js';

/** So much is handed to the connection at a time, so that it is seen whether the client takes it. */
const PIECE_BYTES = 64 * 1024;

/** Answers with bytes that are in memory already, when there is room for them to wait there. */
export async function sendBytes(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  await answerRoom.hold(response, bytes.length);
  await writeBytes(response, bytes);
}

/** Sends an answer that the room holds. */
export async function writeBytes(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  response.setHeader('Content-Length', bytes.length);
  if (!isLong(bytes.length)) response.end(bytes);
  else await pipeline(inPieces(bytes), response);
}

export async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
