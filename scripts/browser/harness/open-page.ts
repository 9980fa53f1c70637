/** Pages for tests, with every problem that the browser reports. */
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
  /** Problems so far: console errors, uncaught errors, violations of the content security policy. */
  readonly problems: readonly string[];
  /** Clears the problems so far, and throws those that no pattern of `expected` matches. */
  assertClean(expected?: readonly RegExp[]): Promise<void>;
  close(): Promise<void>;
}

declare global {
  interface Window {
    convscopeViolation(text: string): Promise<void>;
  }
}

/** Opens a page in a context of its own (cookies, storage) and collects its problems. */
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
      // After this round trip, every earlier problem has arrived.
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
