import { messageOf } from '@convscope/shared/message-of.js';
import type { WorkerAnswer } from '../../ui/asked-worker.js';
import { decodePixels, type Pixels } from './pixels.js';

export function answerPixels(png: Uint8Array): WorkerAnswer<Pixels> {
  try {
    return { answer: decodePixels(png) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
