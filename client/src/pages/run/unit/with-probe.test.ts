import { expect, test } from 'vitest';
import { withProbe } from './with-probe.js';

const picture = (index: number) => ({ index, label: 0, name: 'horse' });
const upload = (name: string) => ({ index: null, label: null, name });

test('a test picture comes after the probes, and pictures of viewers stay among them', () => {
  const { request, replaced } = withProbe([upload('ok.png'), upload('rot.jpg'), picture(77)], 1007);
  expect(request.probes).toEqual([
    { probe: 0, name: 'ok.png' },
    { probe: 1, name: 'rot.jpg' },
    { index: 77 },
    { index: 1007 },
  ]);
  expect(replaced).toBeUndefined();
});

test('where there is no room it takes the place of the last test picture, or else the last place', () => {
  const full = [0, 1, 2, 3, 4, 5].map(picture);
  const { request, replaced } = withProbe([...full, upload('a.png'), upload('b.png')], 9);
  expect(replaced).toEqual({ probe: 5, named: picture(5) });
  expect(request.probes.slice(4)).toEqual([
    { index: 4 },
    { index: 9 },
    { probe: 6, name: 'a.png' },
    { probe: 7, name: 'b.png' },
  ]);
  const uploads = Array.from({ length: 8 }, (_, at) => upload(`${at}.png`));
  expect(withProbe(uploads, 9).replaced).toEqual({ probe: 7, named: upload('7.png') });
});
