import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * Elements at both ends of an open popup that pass the focus on as soon as they have it, so that Tab stays inside.
 * They are hidden from screen readers and must be focusable, which axe cannot tell from a mistake.
 */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';

const IMPACTS = ['minor', 'moderate', 'serious', 'critical'] as const;

/** What stands outside of the landmarks for good reason: a handle between two of them, and a list that is open above them. */
const OUTSIDE_LANDMARKS = ['role="separator"', 'class="popup'];

/** The page has no frames, and what passes is not looked at. */
const OPTIONS: RunOptions = { resultTypes: ['violations'], iframes: false };

let source: string | undefined;

declare global {
  interface Window {
    /** In pages that have been looked at. */
    axe?: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> };
  }
}

/** Links to pages are `#id`, and those that are scrolled out of sight look to axe like links that skip to a part of the page. */
const PAGE_LINK = 'class="foot-tab';

function isAllowed(rule: string, html: string): boolean {
  if (rule === 'region') return OUTSIDE_LANDMARKS.some((part) => html.includes(part));
  return rule === 'skip-link' && html.includes(PAGE_LINK);
}

/**
 * Waits until nothing fades in or out. On the way axe would find too little contrast, or nothing in what cannot be seen yet. What
 * moves for ever is not waited for.
 */
async function untilStill(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('[data-starting-style]') === null &&
      document.getAnimations().every(({ playState, effect }) => {
        const end = Number(effect?.getComputedTiming().endTime ?? 0);
        return playState !== 'running' || end === Number.POSITIVE_INFINITY;
      }),
  );
}

/**
 * What axe finds on the page once nothing fades any more, one line a rule: impact, rule, what it asks, and up to five places.
 */
export async function axeViolations(page: Page, impacts: readonly string[] = IMPACTS): Promise<string[]> {
  // Half a megabyte of script, which a page needs once.
  if (!(await page.evaluate(() => window.axe !== undefined))) {
    source ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(source);
  }
  await untilStill(page);
  const violations = await page.evaluate(
    async ({ exclude, options }) => (await window.axe!.run({ exclude }, options)).violations,
    { exclude: [FOCUS_GUARDS], options: OPTIONS },
  );
  return violations
    .filter((violation) => impacts.includes(violation.impact ?? ''))
    .flatMap(({ id, impact, help, nodes }) => {
      const found = nodes.filter((node) => !isAllowed(id, node.html));
      if (found.length === 0) return [];
      const places = found
        .slice(0, 5)
        .map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`);
      return [`${impact}: ${id}: ${help}: ${places.join('; ')}`];
    });
}
