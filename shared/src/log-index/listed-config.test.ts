import { expect, test } from 'vitest';
import { LIMITS } from '../protocol/limits.js';
import { NO_CONFIG, withValues } from './listed-config.js';

const { keys, nameLength, textLength, bytes } = LIMITS.config;

test('a configuration keeps its values, and of two with the same name the newer one', () => {
  const first = withValues(NO_CONFIG, { lr: 0.1, optimizer: 'adam', nesterov: false });
  expect(first).toEqual({ values: { lr: 0.1, optimizer: 'adam', nesterov: false }, omitted: 0 });
  expect(withValues(first, { lr: 0.01, seed: 3 }).values).toEqual({
    lr: 0.01,
    optimizer: 'adam',
    nesterov: false,
    seed: 3,
  });
});

test('names and texts that are too long are left out and counted, and never shortened', () => {
  const long = 'x'.repeat(textLength + 1);
  const config = withValues(NO_CONFIG, { note: long, ['n'.repeat(nameLength + 1)]: 1, lr: 1 });
  expect(config).toEqual({ values: { lr: 1 }, omitted: 2 });
  // The same record again, as a continued run logs it.
  expect(withValues(config, { note: long, ['n'.repeat(nameLength + 1)]: 1, lr: 1 })).toEqual(config);
});

test('a configuration has a limited number of values and of bytes', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i]));
  const limited = withValues(NO_CONFIG, many);
  expect(Object.keys(limited.values)).toHaveLength(keys);
  expect(limited.omitted).toBe(1000 - keys);
  // Of three bytes each in UTF-8.
  const wide = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`key${i}`, '字'.repeat(200)]));
  const narrow = withValues(NO_CONFIG, wide);
  expect(Buffer.byteLength(JSON.stringify(narrow.values))).toBeLessThanOrEqual(bytes);
  expect(Object.keys(narrow.values).length).toBeGreaterThan(3);
  expect(narrow.omitted).toBe(60 - Object.keys(narrow.values).length);
});

test('non-finite numbers survive JSON, and a key may have any name', () => {
  const values = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, number>;
  const config = withValues(NO_CONFIG, { ...values, lr: Number.NaN, top: Number.POSITIVE_INFINITY });
  const sent = JSON.parse(JSON.stringify(config.values)) as Record<string, unknown>;
  expect(Object.entries(sent)).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
    ['lr', 'NaN'],
    ['top', 'Infinity'],
  ]);
});
