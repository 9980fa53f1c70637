import type { Page } from 'playwright-core';

interface ShownRow {
  readonly run: string;
  readonly name: string;
  readonly title: string;
  readonly colour: string;
  /** Whether its curve is drawn, as its square says. */
  readonly drawn: boolean;
  readonly fits: boolean;
}

/** The rows in the page, from top to bottom. */
export function rowsOf(page: Page): Promise<ShownRow[]> {
  return page.locator('.run-row').evaluateAll((rows) =>
    rows
      .map((row) => {
        const name = row.querySelector<HTMLElement>('.run-name')!;
        const square = row.querySelector<HTMLElement>('.swatch')!;
        return {
          at: Number((row as HTMLElement).dataset['at']),
          run: (row as HTMLElement).dataset['run']!,
          name: name.innerText,
          title: row.querySelector<HTMLElement>('.cover')!.title,
          colour: `${getComputedStyle(square).color} ${/solid|dashed|dotted/.exec(square.className)?.[0]}`,
          drawn: square.getAttribute('aria-pressed') !== 'false',
          fits: name.scrollWidth <= name.clientWidth,
        };
      })
      .sort((a, b) => a.at - b.at),
  );
}
