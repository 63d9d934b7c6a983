import type { RunnerTestFile } from 'vitest';
import { VitestTestRunner } from 'vitest/runners';
import { isLong } from './long-tests.js';
import { thorough } from './thorough.js';

/**
 * When it is too late to begin with a long file, in milliseconds of the epoch: `npm test` says so (scripts/test.mjs), by how fast the machine is, so
 * that it ends within half an hour on slow ones too.
 */
const until = Number(process.env['TRAINYARD_TEST_LONG_UNTIL'] || NaN);
const isLate = (): boolean => !thorough && Date.now() > until;

/** Skips long files for which there is no time left, and counts their tests as skipped. */
export default class TimelyRunner extends VitestTestRunner {
  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file);
    if (!isLong(file.filepath) || !isLate()) return;
    console.warn(`${file.name} is skipped: too little time is left. TRAINYARD_TEST_ALL=1 runs everything.`);
    file.mode = 'skip';
  }
}
