/** Logs whose names hold controls that turn the direction of text, or are written from right to left. */
import { createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import { expect, it } from 'vitest';
import { maps, range, scalars, writeLog } from './support/logs.js';
import { colourPng, images } from './support/pictures.js';
import { useBrowser, useHub } from './support/test-browser.js';

const TURN = '\u202e';
const SHOWN = String.raw`\u{202e}`;
const RUN = `net${TURN}gnp.exe`;
const HEBREW = 'ניסוי 3';

const hub = useHub(({ logdir }) => {
  for (const [at, run] of [RUN, HEBREW].entries())
    writeLog(logdir, run, [
      ...createHparamsStart(
        { [`rate${TURN}x`]: 0.1 + at, optimizer: `a${TURN}dam` },
        [],
        'group',
        1_700_000_000,
      ),
      ...scalars(`train${TURN}/loss`, range(0, 50), (step) => 1 / (step + 1)),
      ...range(0, 3).flatMap((step) => [
        images(`pic${TURN}ture`, step, colourPng(16, 16, 40 * step)),
        maps(`conv${TURN}1/output`, step, [4, 8, 8]),
        maps(`cloud${TURN}_VERTEX`, step, [1, 4, 3], 'mesh'),
        {
          ...({ kind: 'text', tag: `no${TURN}tes`, step, wallTime: 1_700_000_001 } as const),
          ...{ strings: [`x${TURN}yz [link](https://example.org "ti${TURN}tle")`], shape: [1] },
        },
      ]),
    ]);
});
const browser = useBrowser();

it.each([
  ['scalars', `train${SHOWN}/loss`],
  ['images', `pic${SHOWN}ture`],
  ['text', `x${SHOWN}yz`],
  ['text?mode=raw', `x${SHOWN}yz`],
  ['hparams', `rate${SHOWN}x`],
  ['summary', `a${SHOWN}dam`],
  [`run?run=${encodeURIComponent(RUN)}`, `conv${SHOWN}1`],
  ['other', `cloud${SHOWN}_VERTEX`],
  ['compare', `net${SHOWN}gnp.exe`],
])(
  'nothing on the page %s turns the direction of text, and %s shows that its name would',
  async (hash, shown) => {
    const { page } = await browser.show(`${hub.url}#${hash}`);
    await page.getByText(shown).filter({ visible: true }).first().waitFor();
    const drawn = await page.evaluate(() => {
      const attributes = ['title', 'aria-label', 'placeholder', 'alt', 'aria-valuetext'];
      return [
        document.title,
        document.body.innerText,
        ...[...document.body.querySelectorAll('*')].flatMap((one) =>
          attributes.map((name) => one.getAttribute(name) ?? ''),
        ),
      ];
    });
    expect(drawn.filter((text) => /\p{Bidi_Control}/u.test(text))).toEqual([]);
  },
);

it('a name that is written from right to left is whole, and stays apart from what stands beside it', async () => {
  const { page } = await browser.show(`${hub.url}#summary?run=${encodeURIComponent(HEBREW)}`);
  const title = page.getByRole('heading', { level: 2, name: HEBREW });
  await title.waitFor();
  expect(await title.locator('bdi').innerText()).toBe(HEBREW);
});
