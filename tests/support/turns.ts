import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { turnOf } from './long-tests.js';

/** The order in which files of tests are begun: by their turns, and within one as Vitest would. */
export default class Turns extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => turnOf(a.moduleId) - turnOf(b.moduleId));
  }
}
