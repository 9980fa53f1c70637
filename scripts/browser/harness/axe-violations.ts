import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * Elements at both ends of an open popup that pass the focus on as soon as they have it, so that Tab stays inside.
 * They are hidden from screen readers and must be focusable, which axe cannot tell from a mistake.
 */
const FOCUS_GUARDS = '[data-base-ui-focus-guard]';

/**
 * What axe finds on the page as it stands, one line a rule: impact, rule, what it asks, and up to five places.
 * `serious` and `critical` by default.
 */
export async function axeViolations(
  page: Page,
  impacts: readonly string[] = ['serious', 'critical'],
): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude(FOCUS_GUARDS).analyze();
  return violations
    .filter((violation) => impacts.includes(violation.impact ?? ''))
    .map((violation) => {
      const places = violation.nodes
        .slice(0, 5)
        .map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`);
      return `${violation.impact}: ${violation.id}: ${violation.help}: ${places.join('; ')}`;
    });
}
