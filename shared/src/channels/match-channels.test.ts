import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchChannels } from './match-channels.js';

const { matches } = JSON.parse(readFileSync(new URL('./fixtures/changes.json', import.meta.url), 'utf8')) as {
  readonly matches: readonly {
    readonly name: string;
    readonly shape: readonly [channelsA: number, channelsB: number, places: number];
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly of: readonly number[];
    readonly correlations: readonly number[];
  }[];
};

describe('channels matched by correlation', () => {
  it.each(matches)(
    'are those that scipy pairs: $name',
    ({ shape: [channelsA, channelsB], a, b, of, correlations }) => {
      const matched = matchChannels(
        { channels: channelsA, pictures: [a] },
        { channels: channelsB, pictures: [b] },
      );
      expect([...matched.of]).toEqual(of);
      expect(matched.isSampled).toBe(false);
      for (const [channel, correlation] of matched.correlations.entries())
        expect(correlation).toBeCloseTo(correlations[channel]!, 10);
    },
  );

  it('are matched over all pictures', () => {
    // In the first picture the channels of B are those of A, in the second and third they are exchanged.
    const [up, down] = [
      [0, 1, 2, 3],
      [3, 0, 2, 1],
    ];
    const a = {
      channels: 2,
      pictures: [
        [...up, ...down],
        [...up, ...down],
        [...up, ...down],
      ],
    };
    const b = {
      channels: 2,
      pictures: [
        [...up, ...down],
        [...down, ...up],
        [...down, ...up],
      ],
    };
    expect([...matchChannels(a, b).of]).toEqual([1, 0]);
    const first = { channels: 2, pictures: a.pictures.slice(0, 1) };
    expect([...matchChannels(first, { ...b, pictures: b.pictures.slice(0, 1) }).of]).toEqual([0, 1]);
  });

  it('are any where all are constant, NaN or infinite', () => {
    const flat = { channels: 2, pictures: [[1, 1, Number.NaN, Number.POSITIVE_INFINITY]] };
    expect([...matchChannels(flat, flat).of].sort()).toEqual([0, 1]);
  });

  it('finds 512 channels among 512 from a sample of places', () => {
    const [channels, places] = [512, 32 * 32];
    const value = (channel: number, place: number) =>
      Math.sin(channel * 91.7 + place * (1.3 + channel * 0.017));
    const maps = (of: (channel: number) => number) => ({
      channels,
      pictures: [
        Float32Array.from({ length: channels * places }, (_, at) =>
          value(of(Math.floor(at / places)), at % places),
        ),
      ],
    });
    const from = (channel: number) => (channel * 171 + 5) % channels;
    const matched = matchChannels(
      maps((channel) => channel),
      maps(from),
    );
    expect(matched.isSampled).toBe(true);
    expect([...matched.of].every((channel, at) => from(channel) === at)).toBe(true);
  });

  it('refuses maps of different sizes', () => {
    expect(() =>
      matchChannels({ channels: 1, pictures: [[1, 2]] }, { channels: 1, pictures: [[1]] }),
    ).toThrow('only be matched on the same pictures, with maps of the same size');
  });
});
