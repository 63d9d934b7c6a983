import type { Json } from '@trainyard/keras-format';
import type { Random } from '../random.js';

type Container = Json[] | { [key: string]: Json };

/** A list within a list, and so on. */
function nestedList(depth: number): Json {
  let list: Json = [];
  for (let i = 0; i < depth; i++) list = [list];
  return list;
}

/** What a value may be replaced by. */
const values: readonly ((random: Random) => Json)[] = [
  () => null,
  () => true,
  () => '',
  () => 'NaN',
  () => '-Infinity',
  () => '\u0000\ud800',
  () => 'x'.repeat(100_000),
  () => [],
  () => ({}),
  () => [[]],
  () => nestedList(31),
  () => nestedList(33),
  () => nestedList(190),
  () => nestedList(300),
  () => [1, [2]],
  () => ({ b64: '!!!' }),
  () => ({ b64: 'AAAA' }),
  () => ({ b64: 1 }),
  () => ({ toString: 1, constructor: { name: 'x' } }),
  () => -1,
  () => 0,
  () => 0.5,
  () => 1e308,
  () => -1e39,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 2 ** 63,
  () => [2 ** 31, 2 ** 31],
  () => [1, 0],
  () => [-1, 8],
  () => Array<Json>(33).fill(1),
  () => Array<Json>(10_000).fill(0),
  (random) => random.pick(['BOOL', 'UINT8', 'UINT64', 'INT8', 'INT64', 'FP16', 'BF16', 'FP64', 'BYTES', 'fp32', 'FP8']),
  (random) => random.pick(['best', 'epoch-99', '../../etc/passwd', 'dense_1[999999999999]', 'dense_1[0][0]', 'classes', 'final\u0000']),
];

/** Names of members that mean something to somebody. */
const names = ['instances', 'inputs', 'outputs', 'raw', 'layers', 'batch_size', 'top_k', 'deadline_ms', 'checkpoint', 'signature_name', 'parameters', 'data', 'shape', 'binary_data_size', 'classification', 'shared_memory_region', 'id', 'model_version', 'b64', 'serving', 'constructor', ''];

/** A copy with one thing changed somewhere in it: a value replaced, left out, doubled, or added. */
export function changeJson(json: Json, random: Random): Json {
  const copy = structuredClone(json);
  const containers: Container[] = [];
  collect(copy, containers);
  const within = containers[Math.floor(random.next() * containers.length)];
  const value = random.pick(values)(random);
  if (within === undefined || random.next() < 0.02) return value;
  if (Array.isArray(within)) changeList(within, value, random);
  else changeObject(within, value, random);
  return copy;
}

/** Those near the root come several times: more is said there. */
function collect(value: Json, into: Container[], depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  for (let i = depth; i < 4; i++) into.push(value);
  for (const inner of Object.values(value)) collect(inner, into, depth + 1);
}

function changeList(list: Json[], value: Json, random: Random): void {
  const at = Math.floor(random.next() * list.length);
  const kind = random.next();
  if (kind < 0.5) list[at] = value;
  else if (kind < 0.65) list.splice(at, 1);
  else if (kind < 0.8) list.splice(at, 0, structuredClone(list[at] ?? null));
  else if (kind < 0.9) list.push(value);
  else list.length = 0;
}

function changeObject(object: { [key: string]: Json }, value: Json, random: Random): void {
  const keys = Object.keys(object);
  const kind = random.next();
  if (keys.length === 0 || kind < 0.35) object[random.pick(names)] = value;
  else if (kind < 0.75) object[random.pick(keys)] = value;
  else if (kind < 0.9) delete object[random.pick(keys)];
  else {
    const [from, to] = [random.pick(keys), random.pick([...keys, ...names])];
    object[to] = object[from] ?? null;
  }
}
