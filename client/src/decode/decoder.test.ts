import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { afterEach, expect, test, vi } from 'vitest';
import { createDecoder, type Decoder, DecoderStoppedError } from './decoder.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function valuesBy(decoder: Decoder): Promise<readonly number[]> {
  const [tag, values] = ['conv1/weight', Float32Array.of(1, -2)];
  const bytes = encodeEvent(
    createTensorRecord({ tag, step: 3, wallTime: 1, dtype: 'float32', shape: [1, 2], values }),
  );
  const request = { event: bytes, tag: 'conv1/weight', kind: 'tensor' } as const;
  const decoded = await decoder.decode(request);
  return decoded.kind === 'tensor' ? [...decoded.values] : [];
}

test('without a worker the page decodes by itself', async () => {
  vi.stubGlobal('Worker', undefined);
  expect(await valuesBy(createDecoder())).toEqual([1, -2]);
});

test('so it does where the browser refuses to start one', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.stubGlobal(
    'Worker',
    class {
      constructor() {
        throw new DOMException('Refused', 'SecurityError');
      }
    },
  );
  expect(await valuesBy(createDecoder())).toEqual([1, -2]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('so it does when the worker cannot be loaded or has stopped, and what was on its way may be asked for again', async () => {
  class StoppingWorker {
    static made: StoppingWorker[] = [];
    onerror: ((event: { message: string }) => void) | undefined;
    constructor() {
      StoppingWorker.made.push(this);
    }
    postMessage(): void {
      // It answers nothing.
    }
  }
  vi.stubGlobal('Worker', StoppingWorker);
  const decoder = createDecoder();
  const onItsWay = valuesBy(decoder);
  StoppingWorker.made[0]!.onerror!({ message: 'out of memory' });
  await expect(onItsWay).rejects.toThrow(DecoderStoppedError);
  expect(await valuesBy(decoder)).toEqual([1, -2]);
});

test('what cannot be decoded is refused with a sentence', async () => {
  vi.stubGlobal('Worker', undefined);
  const request = { event: Uint8Array.of(1, 2, 3), tag: 'a', kind: 'tensor' } as const;
  await expect(createDecoder().decode(request)).rejects.toThrow(/\w/);
});
