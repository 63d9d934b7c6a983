import type { JsonObject } from '@trainyard/keras-format';

import type { Case } from '../cases.js';
import type { JsonProcess } from '../contenders/json-process.js';
import type { Building } from '../trainyard/building.js';
import { buildOnce } from './build-case.js';

/** Buildings of one model for each number of time steps, as many as there were rounds. */
export type GrowthRun = ReadonlyMap<number, readonly Building[]>;

/**
 * Builds a recurrent case for sequences of several lengths, `rounds` times each, every time in a fresh process. Rounds
 * alternate between rising and falling lengths, so that each round is a pair of the shortest and the longest near in time.
 */
export async function runGrowth(start: () => JsonProcess, case_: Case, lengths: readonly number[], rounds: number, say: (text: string) => void): Promise<GrowthRun> {
  const built = new Map<number, Building[]>(lengths.map((length) => [length, []]));
  for (let round = 0; round < rounds; round++) {
    say(`growth: round ${round + 1} of ${rounds}`);
    for (const length of round % 2 === 0 ? lengths : lengths.toReversed()) built.get(length)?.push(await buildOnce(start, withTimeSteps(case_, length)));
  }
  return built;
}

/**
 * A case of one sequence, whose model is Sequential and begins with an Embedding, for sequences of another length.
 * @throws Error where it is not one.
 */
export function withTimeSteps(case_: Case, length: number): Case {
  const [input, ...others] = case_.inputs;
  const [embedding, ...layers] = case_.model['config'] as unknown as { class_name: string; config: JsonObject }[];
  if (!input || others.length > 0 || embedding?.class_name !== 'Embedding') throw new Error(`${case_.name}: expected one input, which an Embedding takes`);
  const config = { ...embedding.config, batch_input_shape: [null, length], input_length: length };
  return { ...case_, inputs: [{ ...input, shape: [length] }], model: { ...case_.model, config: [{ ...embedding, config }, ...layers] } };
}
