import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * What axe finds on the page as it stands, one line a rule: impact, rule, what it asks, and up to five places.
 * `serious` and `critical` by default.
 */
export async function axeViolations(
  page: Page,
  impacts: readonly string[] = ['serious', 'critical'],
): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter((violation) => impacts.includes(violation.impact ?? ''))
    .map((violation) => {
      const places = violation.nodes
        .slice(0, 5)
        .map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`);
      return `${violation.impact}: ${violation.id}: ${violation.help}: ${places.join('; ')}`;
    });
}
