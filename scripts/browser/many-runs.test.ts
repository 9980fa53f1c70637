/** A page that draws many runs. */
import { describe, expect, it } from 'vitest';
import { untilDrawn } from './harness/until-drawn.js';
import { range, scalars, writeLog } from './support/logs.js';
import { useBrowser, useHub } from './support/test-browser.js';

describe('a page that draws many runs', () => {
  const browser = useBrowser();
  const hub = useHub(({ logdir }) => {
    for (let run = 0; run < 40; run++)
      writeLog(
        logdir,
        `run${run}`,
        scalars('loss', range(0, 20), (step) => run / (1 + step)),
      );
  });

  it('asks for what they hold in few requests', async () => {
    const asked: string[] = [];
    const { page, assertClean } = await browser.open(hub.url, {
      before: async (page) => {
        page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      },
    });
    await untilDrawn(page);
    await expect.poll(() => asked.filter((path) => path === '/api/v1/series').length).toBeGreaterThan(0);
    expect(asked.filter((path) => path === '/api/run').length).toBeLessThan(5);
    expect(asked.filter((path) => path === '/api/v1/listing').length).toBeLessThan(4);
    await assertClean();
  });
});
