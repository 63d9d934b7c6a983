import { RandomStream } from '@trainyard/engine';
import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import type { Client } from '@trainyard/client';
import type { JobRequestInput } from '@trainyard/protocol';

import { type Case, readCases } from '../cases.js';
import { makeArray } from '../trainyard/case-data.js';

const CASE = 'mlp_binary';

/** Uploads the data of the case mlp_binary and makes the request that trains on it for one epoch: 8 steps. */
export async function uploadSmallJob(client: Client): Promise<JobRequestInput> {
  const [case_] = (await readCases([CASE])) as [Case];
  const random = new RandomStream(1, 0);
  const named = (prefix: string, specs: Case['inputs']): [string, NdArray][] => specs.map((spec, i) => [`${prefix}${i}`, makeArray(spec, case_.rows, random)]);
  const [x, y] = [named('x', case_.inputs), named('y', case_.targets)];
  const { uri } = await client.files.put(`bench/${CASE}.npz`, encodeNpz([...x, ...y]));
  const { optimizer, loss, metrics } = case_.compile;
  return {
    name: `bench ${CASE}`,
    seed: 1,
    model: case_.model as JobRequestInput['model'],
    compile: { optimizer, loss, metrics: [...metrics] } as JobRequestInput['compile'],
    data: { train: { uri, x: x.map(([name]) => name), y: y.map(([name]) => name) } },
    fit: { batch_size: case_.batch_size, epochs: 1 },
  };
}
