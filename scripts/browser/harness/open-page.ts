import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface PageOptions {
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly reducedMotion?: boolean;
  /** Device pixels per CSS pixel. */
  readonly scale?: number;
}

export interface TestPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong so far: console errors, uncaught errors, violations of the content security policy. */
  readonly problems: readonly string[];
  /** Throws with every problem since the last look that no pattern of `expected` matches, and forgets them. */
  assertClean(expected?: readonly RegExp[]): Promise<void>;
  close(): Promise<void>;
}

declare global {
  interface Window {
    convscopeViolation(text: string): Promise<void>;
  }
}

/** A page of its own context (cookies, storage), whose every complaint is kept. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<TestPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.theme ?? 'light',
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    deviceScaleFactor: options.scale ?? 1,
  });
  const problems: string[] = [];
  await context.exposeBinding('convscopeViolation', (_source, text: string) => {
    problems.push(text);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const where = `${event.sourceFile}:${event.lineNumber}`;
      void window.convscopeViolation(
        `security policy violation: ${event.violatedDirective} blocked ${event.blockedURI} at ${where} ${event.sample}`,
      );
    });
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url, lineNumber } = message.location();
    problems.push(`console error: ${message.text()} (${url}:${lineNumber})`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught error: ${error.stack ?? error.message}`));
  page.on('crash', () => problems.push('the page crashed'));
  return {
    page,
    context,
    problems,
    async assertClean(expected = []) {
      // A round trip: what the page complained of before has arrived after it.
      if (!page.isClosed()) await page.evaluate(() => undefined);
      const found = problems
        .splice(0)
        .filter((problem) => !expected.some((pattern) => pattern.test(problem)));
      if (found.length > 0) throw new Error(`The page had ${found.length} problem(s):\n${found.join('\n')}`);
    },
    async close() {
      await context.close();
    },
  };
}
