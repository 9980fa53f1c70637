import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TryAgainError } from '../sources/source.js';
import { type CaptureRef, captureKey } from './capture-ref.js';
import { mapsOf, ref, rowOf, settle, setUp, tensor } from './testing/loader.js';
import { MAPS_TOGETHER } from './together.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('of a capture that needs one probe only that one is decoded, and the others once they are needed', async () => {
  const { asked, loader } = setUp({
    decode: async ({ event, probe }) => mapsOf(rowOf(event), probe === undefined ? [0, 1] : [probe]),
  });
  const probesOf = (wanted: CaptureRef) => {
    const loaded = loader.get(wanted);
    return loaded !== undefined && 'decoded' in loaded && loaded.decoded.kind === 'channels'
      ? loaded.decoded.probes
      : undefined;
  };
  const [first, second, whole] = [{ ...ref(3), probe: 0 }, { ...ref(3), probe: 1 }, ref(3)];
  loader.want([first]);
  asked[0]!.answer(Uint8Array.of(3));
  await settle();
  expect([probesOf(first), probesOf(second), probesOf(whole)]).toEqual([[0], undefined, undefined]);
  loader.want([whole]);
  await settle();
  expect([probesOf(first), probesOf(second), probesOf(whole)]).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
  // Its bytes were there.
  expect(asked).toHaveLength(1);
});

test('what is wanted is fetched once and kept', async () => {
  const { asked, loader, arrived } = setUp();
  loader.want([ref(3)]);
  loader.want([ref(3)]);
  expect(asked.map(({ offset }) => offset)).toEqual([300]);
  asked[0]!.answer(Uint8Array.of(3));
  await settle();
  expect(arrived).toEqual([captureKey(ref(3))]);
  loader.want([ref(3)]);
  expect(asked).toHaveLength(1);
  expect(loader.get(ref(3))).toEqual({ decoded: tensor(3) });
});

test('scrubbing on cancels what nobody wants any more', () => {
  const { asked, loader } = setUp();
  loader.want([ref(1), ref(2)]);
  loader.want([ref(2), ref(9)]);
  expect(asked.map(({ offset, signal }) => [offset, signal.aborted])).toEqual([
    [100, true],
    [200, false],
    [900, false],
  ]);
});

test('no more than six are asked for at once, in the order of their importance', async () => {
  const { asked, loader } = setUp();
  loader.want(Array.from({ length: 9 }, (_, row) => ref(row)));
  expect(asked.map(({ offset }) => offset)).toEqual([0, 100, 200, 300, 400, 500]);
  asked[0]!.answer(Uint8Array.of(0));
  await settle();
  expect(asked.map(({ offset }) => offset).slice(6)).toEqual([600]);
});

test('what the hub is about to push is waited for, and fetched when it does not come', async () => {
  const { asked, loader } = setUp();
  loader.want([ref(5, true)]);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(450);
  expect(asked.map(({ offset }) => offset)).toEqual([500]);
});

test('what is pushed is not fetched', async () => {
  const { asked, loader, arrived } = setUp();
  loader.want([ref(5, true)]);
  const blob = {
    run: 'a',
    generation: 1,
    tag: 'conv1/preactivation',
    kind: 'tensor',
    row: 5,
    bytes: Uint8Array.of(5),
  };
  expect(loader.offer(blob)).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(arrived).toHaveLength(1);
  expect(asked).toEqual([]);
  expect(loader.offer(blob)).toBe(false);
});

test('while the connection is lost nothing is asked for', () => {
  const { asked, loader, source } = setUp();
  source.connection = { status: 'lost', since: 0, retryAt: 0 };
  loader.want([ref(1)]);
  expect(asked).toEqual([]);
  source.connection = { status: 'connected', roundTrip: undefined };
  loader.want([ref(1)]);
  expect(asked).toHaveLength(1);
});

test('when a fetch finds nobody, the hub is asked again after a second, not at once', async () => {
  const { asked, loader } = setUp();
  loader.want([ref(1)]);
  asked[0]!.fail(new TypeError('Failed to fetch'));
  await settle();
  expect(asked).toHaveLength(1);
  expect(loader.get(ref(1))).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1100);
  expect(asked).toHaveLength(2);
});

test('an event that cannot be had is known by its sentence', async () => {
  const { asked, loader } = setUp();
  loader.want([ref(1)]);
  asked[0]!.fail(new Error('The index lists no such event.'));
  await settle();
  expect(loader.get(ref(1))).toEqual({ error: 'The index lists no such event.' });
});

/** Fails as long as anybody asks, and counts how often. */
async function failAll(asked: ReturnType<typeof setUp>['asked'], milliseconds: number): Promise<number> {
  let failed = asked.length;
  for (let passed = 0; passed < milliseconds; passed += 100) {
    for (const { fail } of asked.slice(failed)) fail(new TryAgainError('The hub is busy.'));
    failed = asked.length;
    await vi.advanceTimersByTimeAsync(100);
  }
  return failed;
}

test('a hub that cannot answer now is asked five times, ever more seldom, and then the failure is known', async () => {
  const { asked, loader, arrived } = setUp();
  loader.want([ref(1)]);
  asked[0]!.fail(new TryAgainError('The hub is busy.'));
  await failAll(asked, 7400);
  expect(asked).toHaveLength(4);
  expect([arrived, loader.get(ref(1)), loader.isGivenUp(captureKey(ref(1)))]).toEqual([[], undefined, false]);
  await failAll(asked, 60_000);
  expect(asked).toHaveLength(5);
  expect(loader.get(ref(1))).toEqual({ error: 'The hub is busy.' });
  expect([arrived, loader.isGivenUp(captureKey(ref(1)))]).toEqual([[captureKey(ref(1))], true]);
});

test('what was given up is fetched again when that is asked for, pushed, or wanted anew', async () => {
  const { asked, loader } = setUp();
  const giveUp = async () => {
    loader.want([ref(1)]);
    asked.at(-1)!.fail(new TryAgainError('The hub is busy.'));
    await failAll(asked, 20_000);
    expect(loader.isGivenUp(captureKey(ref(1)))).toBe(true);
    return asked.length;
  };
  let before = await giveUp();
  loader.retry();
  expect(asked).toHaveLength(before + 1);
  asked.at(-1)!.answer(Uint8Array.of(1));
  await settle();
  expect(loader.get(ref(1))).toEqual({ decoded: tensor(1) });
  expect(loader.isGivenUp(captureKey(ref(1)))).toBe(false);

  loader.clear();
  before = await giveUp();
  // Elsewhere and back.
  loader.want([]);
  loader.want([ref(1)]);
  expect(asked).toHaveLength(before + 1);

  loader.clear();
  await giveUp();
  const { run, generation, tag, kind, row } = ref(1);
  expect(loader.offer({ run, generation, tag, kind, row, bytes: Uint8Array.of(1) })).toBe(true);
  await settle();
  expect(loader.get(ref(1))).toEqual({ decoded: tensor(1) });
});

test('a new connection begins anew', async () => {
  const { asked, loader, source } = setUp();
  loader.want([ref(1)]);
  asked[0]!.fail(new TryAgainError('The hub is busy.'));
  await failAll(asked, 20_000);
  source.connection = { status: 'lost', since: 0, retryAt: 0 };
  loader.want([ref(1)]);
  expect([loader.isGivenUp(captureKey(ref(1))), loader.get(ref(1))]).toEqual([false, undefined]);
  source.connection = { status: 'connected', roundTrip: undefined };
  loader.want([ref(1)]);
  expect(asked).toHaveLength(6);
});

const ahead = (row: number): CaptureRef => ({ ...ref(row), ahead: true });

test('several captures are asked for together, and those that are not needed yet apart from them', async () => {
  const { batches, loader, arrived } = setUp({ together: MAPS_TOGETHER });
  loader.want([ref(1), ref(2), ahead(3), ahead(4)]);
  expect(batches.map(({ offsets }) => offsets)).toEqual([
    [100, 200],
    [300, 400],
  ]);
  await batches[0]!.answer(Uint8Array.of(1));
  expect(arrived).toEqual([captureKey(ref(1))]);
  // What becomes important is not asked for again while it is under way.
  loader.want([ref(3), ahead(4), ahead(5), ahead(6)]);
  expect(batches.map(({ offsets }) => offsets).slice(2)).toEqual([[500, 600]]);
});

test('what is asked for in several roles is fetched once, and whole if one of them needs all of it', async () => {
  const { batches, loader, arrived } = setUp({
    together: MAPS_TOGETHER,
    decode: async ({ event, probe }) => mapsOf(rowOf(event), probe === undefined ? [0, 1] : [probe]),
  });
  loader.want([{ ...ref(1), probe: 0 }, ref(2), ref(1), ref(2)]);
  expect(batches.map(({ offsets }) => offsets)).toEqual([[100, 200]]);
  await batches[0]!.answer(Uint8Array.of(1));
  expect(loader.get(ref(1))).toMatchObject({ decoded: { probes: [0, 1] } });
  expect(arrived).toEqual([captureKey(ref(1))]);
});

test('what is not needed yet is asked for when half of what was asked for before has come, the nearest first', async () => {
  const { batches, loader } = setUp({ together: { ...MAPS_TOGETHER, bytes: 40 } });
  loader.want([1, 2, 3, 4, 5, 6, 7, 8, 9].map(ahead));
  const offsets = () => batches.map((batch) => batch.offsets);
  expect(offsets()).toEqual([[100, 200, 300, 400]]);
  await batches[0]!.answer(Uint8Array.of(1));
  expect(batches).toHaveLength(1);
  await batches[0]!.answer(Uint8Array.of(2));
  expect(offsets().slice(1)).toEqual([[500, 600, 700, 800]]);
});

test('a request goes on while anything of it is wanted, or was passed a moment ago', () => {
  const { batches, loader } = setUp({ together: MAPS_TOGETHER });
  loader.want([ref(1), ref(2)]);
  loader.want([ref(2), ref(3), ref(4)]);
  expect(batches[0]!.signal.aborted).toBe(false);
  loader.want([ref(5), ref(6)], [ref(2)]);
  expect(batches.map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
  loader.want([ref(5), ref(6)]);
  expect(batches.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
});

test('of what has come, only what is wanted is decoded, and the rest without another request', async () => {
  const { batches, decoded, loader } = setUp({ together: MAPS_TOGETHER });
  loader.want([ref(1), ref(2)]);
  loader.want([ref(2)], [ref(1)]);
  await batches[0]!.answer(Uint8Array.of(1));
  await batches[0]!.answer(Uint8Array.of(2));
  expect(decoded).toEqual([2]);
  loader.want([ref(1)]);
  await settle();
  expect([decoded, batches.length]).toEqual([[2, 1], 1]);
  expect(loader.get(ref(1))).toEqual({ decoded: tensor(1) });
});

test('a capture that was decoded long ago is decoded again from the bytes that were kept', async () => {
  const { asked, decoded, loader } = setUp({ limitBytes: 600 });
  for (const row of [1, 2]) {
    loader.want([ref(row)]);
    asked.at(-1)!.answer(Uint8Array.of(row));
    await settle();
  }
  expect(loader.get(ref(1))).toBeUndefined();
  loader.want([ref(1)]);
  await settle();
  expect([decoded, asked.length]).toEqual([[1, 2, 1], 2]);
});

test('of a request that fails, what has come is kept and the rest is asked for again', async () => {
  const { batches, loader } = setUp({ together: MAPS_TOGETHER });
  loader.want([ref(1), ref(2), ref(3)]);
  await batches[0]!.answer(Uint8Array.of(1));
  batches[0]!.fail(new TryAgainError('The answer of the hub was cut off.'));
  await vi.advanceTimersByTimeAsync(600);
  expect(batches[1]!.offsets).toEqual([200, 300]);
  await batches[1]!.answer(undefined);
  await batches[1]!.answer(Uint8Array.of(3));
  expect(loader.get(ref(2))).toEqual({ error: expect.stringContaining('No event of this run lies there') });
  expect(loader.get(ref(3))).toEqual({ decoded: tensor(3) });
});

test('small events of several runs are asked for by run, and long ones one by one', () => {
  const { asked, batches, loader } = setUp({ together: { ...MAPS_TOGETHER, events: 2, longest: 50 } });
  const of = (run: string, row: number): CaptureRef => ({ ...ref(row), run });
  const long = { ...ref(9), at: { ...ref(9).at, length: 51 } };
  loader.want([of('a', 1), of('b', 1), long, of('a', 2), of('b', 2), of('a', 3)]);
  expect(batches.map(({ offsets }) => offsets)).toEqual([
    [100, 200],
    [100, 200],
  ]);
  // A request for one event is one that the browser keeps.
  expect(asked.map(({ offset }) => offset)).toEqual([300, 900]);
});
