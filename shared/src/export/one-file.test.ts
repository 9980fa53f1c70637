import { expect, test } from 'vitest';
import { encodeChannels } from '../channels/channels-record.js';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import { encodeFrame } from '../event-log/frame.js';
import { createFrameReader } from '../event-log/frame-reader.js';
import { createTensorRecord } from '../event-log/tensor-proto.js';
import type { LogFile } from '../file-log/log-file.js';
import { joined } from '../joined.js';
import { stepToNumber } from '../run-record.js';
import { decodeBase64 } from './base64.js';
import { EMBEDDED_ID, embeddedFileId } from './embedded.js';
import { type ExportRequest, parseExportRequest } from './export-choice.js';
import { exportSize, exportText } from './one-file.js';
import { thinnedFile } from './thinned-file.js';

const TEMPLATE = '<title>convscope</title><!--convscope-log--><script></script>';
const SHAPE = { pictures: 3, channels: 1, height: 2, width: 2 };

function maps(layer: string, step: number) {
  const values = Float32Array.from({ length: 12 }, (_, at) => at);
  // From the last value of picture 0 to the first of picture 2.
  values.fill(Number.NaN, 3, 9);
  return encodeEvent(
    encodeChannels(
      {
        ...{ tag: `${layer}/preactivation`, step, wallTime: 1, layer, role: 'preactivation' as const },
        ...{ values, shape: SHAPE, layout: 'NCHW' as const, probes: [0, 4, 7] },
      },
      (bytes) => Uint8Array.from(bytes),
    ),
  );
}

const events = [
  encodeEvent({ kind: 'scalar', tag: 'loss', step: 5, wallTime: 1, value: 2 }),
  maps('conv1', 0),
  maps('layer1.0.conv1', 0),
  maps('conv1', 10),
];

function fileOf(bytes: Uint8Array): LogFile {
  return {
    path: 'a/events.out.tfevents.1',
    size: bytes.length,
    read: async (from, to) => bytes.slice(from, to),
  };
}

async function thinned(bytes: Uint8Array, request: ExportRequest) {
  const gaps: number[] = [];
  const parts: Uint8Array[] = [];
  for await (const part of thinnedFile(fileOf(bytes), parseExportRequest(request), ({ offset }) =>
    gaps.push(offset),
  ))
    parts.push(part);
  return { bytes: joined(parts), gaps };
}

function namesIn(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const reader = createFrameReader({
    onEvent(data) {
      const { step, values } = decodeEvent(data);
      names.push(`${values[0]?.tag} ${stepToNumber(step)}`);
    },
    onGap: ({ reason }) => names.push(reason),
  });
  reader.push(bytes);
  reader.finish();
  return names;
}

const whole = joined(events.map(encodeFrame));

test('without a choice a file is exported byte by byte, damage included', async () => {
  const damaged = whole.with(30, 255);
  expect((await thinned(damaged, {})).bytes).toEqual(damaged);
});

test('captures are chosen by steps and layers, and what is not a capture is kept', async () => {
  expect(namesIn((await thinned(whole, { steps: '0-5' })).bytes)).toEqual([
    'loss 5',
    'conv1/preactivation 0',
    'layer1.0.conv1/preactivation 0',
  ]);
  expect(namesIn((await thinned(whole, { layers: 'layer1.0.conv1' })).bytes)).toEqual([
    'loss 5',
    'layer1.0.conv1/preactivation 0',
  ]);
});

test('top pictures are kept, whatever captures are chosen', async () => {
  const tensor = { dtype: 'float32', shape: [1, 9, 4], values: new Float32Array(36) } as const;
  const records = ['conv1/top_pictures', 'conv1/weight'].map((tag) =>
    createTensorRecord({ tag, step: 9, wallTime: 1, ...tensor }),
  );
  const bytes = joined(records.map((record) => encodeFrame(encodeEvent(record))));
  expect(namesIn((await thinned(bytes, { steps: '0-5' })).bytes)).toEqual(['conv1/top_pictures 9']);
});

test('maps lose the probes that are not chosen, and keep the values and the NaN of the others', async () => {
  const { bytes } = await thinned(joined([encodeFrame(maps('conv1', 0))]), { probes: '0,7' });
  const record = decodeEvent(bytes.subarray(12, -4)).values[0]?.toRecord();
  if (record?.kind !== 'channels') throw new Error('There are no maps.');
  expect(record.probes).toEqual([0, 7]);
  expect(record.nonFinite).toEqual([
    { start: 3, length: 1, value: 'NaN' },
    { start: 4, length: 1, value: 'NaN' },
  ]);
});

test('damage is left out of what is chosen, and counted', async () => {
  const { bytes, gaps } = await thinned(whole.with(30, 255), { layers: 'conv1' });
  expect(gaps).toHaveLength(1);
  expect(namesIn(bytes)).toEqual(['conv1/preactivation 0', 'conv1/preactivation 10']);
});

test('a choice that cannot be read is refused with a sentence', () => {
  expect(() => parseExportRequest({ steps: 'all' })).toThrow('"all" is neither a step nor a range of steps.');
  expect(() => parseExportRequest({ probes: 'cat' })).toThrow('"cat" is not a probe');
});

test('the page holds the log, what was left out, and names that end no element', async () => {
  const files = [fileOf(whole)];
  const request = { steps: '0' };
  const { most, log } = await exportSize({ files, request, template: TEMPLATE });
  let text = '';
  const options = { run: '</script><b>', files, request, template: TEMPLATE };
  for await (const piece of exportText({ ...options, compress: (bytes) => bytes })) text += piece;
  expect(text).toContain('<title>&lt;/script>&lt;b> · convscope</title>');
  const json = new RegExp(`id="${EMBEDDED_ID}">(.*)</script>`).exec(text)?.[1] ?? '';
  expect(JSON.parse(json)).toMatchObject({
    ...{ version: 1, run: '</script><b>', files: ['events.out.tfevents.1'] },
    notices: [expect.stringContaining('only steps 0;')],
  });
  const base64 = new RegExp(`id="${embeddedFileId(0)}">([^<]*)<`).exec(text)?.[1] ?? '';
  expect(decodeBase64(base64)).toHaveLength(log);
  expect(most).toBeGreaterThanOrEqual(TEMPLATE.length + base64.length);
});

test('how large the export of a whole log is at most is said without reading it', async () => {
  const unread = {
    path: 'events.out.tfevents.1',
    size: 1_000,
    read: () => Promise.reject(new Error('It was read.')),
  };
  expect(await exportSize({ files: [unread], request: {}, template: TEMPLATE })).toMatchObject({
    log: 1_000,
    gaps: 0,
  });
});

test('a choice that no capture fits is refused with what there is', async () => {
  const files = [fileOf(joined(events.map((data) => encodeFrame(data))))];
  const sizeOf = (request: ExportRequest) => exportSize({ files, request, template: TEMPLATE });
  await expect(sizeOf({ layers: 'conv1,nope' })).rejects.toThrow(
    'The run has no captures of nope; it has those of conv1, layer1.0.conv1.',
  );
  const none = 'None of the captures of the run is of these steps and probes; choose others.';
  await expect(sizeOf({ steps: '900-901' })).rejects.toThrow(none);
  await expect(sizeOf({ probes: '5' })).rejects.toThrow(none);
  await expect(sizeOf({ layers: 'layer1.0.conv1', steps: '0', probes: '4' })).resolves.toMatchObject({
    gaps: 0,
  });
  const plain = [fileOf(encodeFrame(events[0]!))];
  await expect(
    exportSize({ files: plain, request: { steps: '1' }, template: TEMPLATE }),
  ).resolves.toBeDefined();
});
