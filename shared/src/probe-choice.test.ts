import { describe, expect, it } from 'vitest';
import { readProbeChoice } from './probe-choice.js';

describe('the text that names the probes', () => {
  it('gives what it names', () => {
    const probes = [
      { index: 3, label: 1, name: 'cat' },
      { index: null, label: null, name: 'mine.png' },
    ];
    expect(readProbeChoice(JSON.stringify(probes))).toEqual(probes);
  });

  it.each([
    '',
    'probes',
    '{}',
    '[{"index":-1,"label":null,"name":"x"}]',
    `[${'{"index":1,"label":1,"name":"x"},'.repeat(8)}{"index":1,"label":1,"name":"x"}]`,
  ])('gives nothing for %s', (text) => {
    expect(readProbeChoice(text)).toBeUndefined();
  });
});
