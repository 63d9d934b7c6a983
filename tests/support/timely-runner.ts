import type { RunnerTestFile } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';
import { isLong } from './long-tests.js';
import { thorough } from './thorough.js';

/** After so long `npm test` begins with no long file any more, so that it ends within half an hour on slow machines too. On most all of them have begun by then. */
const latestMs = 17 * 60_000;

const startedAt = Number(process.env['TRAINYARD_TEST_STARTED_AT'] || NaN);
const isLate = (): boolean => !thorough && Date.now() - startedAt > latestMs;

/** Skips long files for which there is no time left, and counts their tests as skipped. */
export default class TimelyRunner extends VitestTestRunner {
  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    if (!isLong(file.filepath) || !isLate()) return;
    console.warn(`${file.name} is skipped: it would begin after ${latestMs / 60_000} minutes. TRAINYARD_TEST_ALL=1 runs everything.`);
    file.mode = 'skip';
  }
}
