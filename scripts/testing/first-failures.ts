/** Prints why tests failed that passed when they were tried again: the other reporters only count the tries. */
import type { Reporter, TestCase, Vitest } from 'vitest/node';

export class FirstFailures implements Reporter {
  readonly #tests: TestCase[] = [];
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state === 'passed' && test.diagnostic()?.flaky === true) this.#tests.push(test);
  }

  onTestRunEnd(): void {
    const logger = this.#vitest?.logger;
    for (const test of this.#tests.splice(0)) {
      logger?.log(`\nPassed at the second try: ${test.module.relativeModuleId} > ${test.fullName}`);
      for (const error of test.result().errors ?? []) logger?.printError(error, { project: test.project });
    }
  }
}
