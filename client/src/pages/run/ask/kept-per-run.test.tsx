import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptPerRun } from './kept-per-run.js';

const useNames = keptPerRun<readonly string[]>([]);
let names: readonly string[];
let change: (next: (before: readonly string[]) => readonly string[]) => void;
let root: Root | undefined;

function Panel({ run }: { readonly run: string }) {
  [names, change] = useNames(run);
  return null;
}

const show = (run: string) => {
  root ??= createRoot(document.createElement('div'));
  act(() => root!.render(<Panel run={run} />));
};
const close = () => {
  act(() => root?.unmount());
  root = undefined;
};
const add = (name: string) => act(() => change((before) => [...before, name]));

beforeEach(() => void vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(() => {
  close();
  vi.unstubAllGlobals();
});

test('what was chosen stays while the panel is closed, and is of its run alone', () => {
  show('a');
  add('conv1');
  add('conv2');
  close();
  show('a');
  expect(names).toEqual(['conv1', 'conv2']);
  // The same panel may show another run.
  show('b');
  expect(names).toEqual([]);
  show('a');
  expect(names).toEqual(['conv1', 'conv2']);
  show('b');
  add('fc');
  expect(names).toEqual(['fc']);
  show('a');
  expect(names).toEqual(['conv1', 'conv2']);
});

test('what is answered after the panel was closed holds when it is opened again', () => {
  show('c');
  add('conv1');
  close();
  change(() => []);
  show('c');
  expect(names).toEqual([]);
});
