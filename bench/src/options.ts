import { parseArgs } from 'node:util';

import { type PeerName, peerNames } from './contenders/peers.js';
import { servedNames, type ServedName } from './predict/served-names.js';
import { UsageError } from './usage-error.js';

/** In the order in which `all` runs them. */
export const suiteNames = ['fit', 'growth', 'h5', 'jobs', 'data', 'predict'] as const;
export type SuiteName = (typeof suiteNames)[number];

const suiteTitles: Readonly<Record<SuiteName, string>> = {
  fit: 'the cases, beside the peers',
  growth: 'what building costs, by the number of time steps',
  h5: 'files of .h5, beside h5py and Keras 2.0.8',
  jobs: 'from POST to the first step, jobs a second, through a service',
  data: 'training streamed from S3, beside the same from memory',
  predict: 'predictions through HTTP, beside other servers of models',
};

export interface Options {
  readonly suites: readonly SuiteName[];
  readonly cases: readonly string[];
  readonly peers: readonly PeerName[];
  /** What other servers of models are compared on. */
  readonly models: readonly ServedName[];
  /** Pairs of fits, one of ours and one of the peer's, for each peer. */
  readonly repeats: number;
  /** About how long one fit takes. */
  readonly seconds: number;
  /** Jobs that are timed one by one. */
  readonly jobs: number;
  /** Share of the full sizes of the suites `data` and `predict`. */
  readonly scale: number;
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [--suite NAME…|all] [--case NAME…|all] [--peer NAME…|all] [--model NAME…|all] [--repeats N] [--seconds S] [--jobs N] [--scale S] [--json FILE]

Trains the same models with the engine and with real Keras in turns, and prints how many times faster the engine is.
  --suite    ${Object.entries(suiteTitles).map(([name, title]) => `${name}: ${title}`).join('\n             ')}
             (default: fit)
  --case     cases of bench/cases (default: mlp_binary)
  --peer     ${peerNames.join(', ')} (default: all)
  --model    predict: ${servedNames.join(', ')} (default: all)
  --repeats  fits of each peer, each paired with one of ours; rounds of the other suites (default: 5)
  --seconds  about how long one fit takes; predict: how long a server is asked in a round (default: 1)
  --jobs     jobs: how many are timed one by one; five times as many are sent at once (default: 20)
  --scale    share of the full sizes (default: 1); data: a million rows and 5 GB, predict: 32 images and a model of 100 MiB
  --json     write the figures to this file too`;

const optionNames = ['suite', 'case', 'peer', 'model', 'repeats', 'seconds', 'jobs', 'scale', 'json'] as const;
const listOptions: readonly (string | undefined)[] = ['suite', 'case', 'peer', 'model'];

/**
 * Reads the command line. Names may follow an option one by one, or in one argument with commas.
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): Options {
  const values = new Map<string, string[]>(optionNames.map((name) => [name, []]));
  let current: string | undefined;
  let help = false;
  for (const token of tokensOf(args)) {
    if (token.kind === 'option' && token.name === 'help') help = true;
    else if (token.kind === 'option') {
      current = token.name;
      values.get(current)?.push(token.value ?? '');
    } else if (token.kind === 'positional') {
      if (!listOptions.includes(current)) throw new UsageError(`expected an option, received ${token.value}\n\n${USAGE}`);
      values.get(current ?? '')?.push(token.value);
    }
  }
  const list = (name: string): string[] => (values.get(name) ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
  const count = (name: string, otherwise: string): number => readNumber(name, values.get(name)?.at(-1) ?? otherwise, (value) => Number.isInteger(value) && value >= 1, 'a whole number of at least 1');
  return {
    suites: readNames('suite', orDefault(list('suite'), ['fit']), suiteNames),
    cases: orDefault(list('case'), ['mlp_binary']),
    peers: readNames('peer', orDefault(list('peer'), ['all']), peerNames),
    models: readNames('model', orDefault(list('model'), ['all']), servedNames),
    repeats: count('repeats', '5'),
    seconds: readNumber('seconds', values.get('seconds')?.at(-1) ?? '1', (value) => value > 0, 'a number above 0'),
    jobs: count('jobs', '20'),
    scale: readNumber('scale', values.get('scale')?.at(-1) ?? '1', (value) => value > 0, 'a number above 0'),
    json: values.get('json')?.at(-1),
    help,
  };
}

function tokensOf(args: readonly string[]) {
  const text = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(optionNames.map((name) => [name, text])), help: { type: 'boolean' } },
      allowPositionals: true,
      tokens: true,
    }).tokens;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function orDefault(values: string[], otherwise: string[]): string[] {
  return values.length > 0 ? values : otherwise;
}

function readNames<T extends string>(option: string, names: readonly string[], known: readonly T[]): T[] {
  if (names.includes('all')) return [...known];
  const unknown = names.filter((name) => !(known as readonly string[]).includes(name));
  if (unknown.length > 0) throw new UsageError(`--${option}: expected all or some of ${known.join(', ')}, received ${unknown.join(', ')}`);
  return names as T[];
}

function readNumber(name: string, text: string, allowed: (value: number) => boolean, expected: string): number {
  const value = Number(text);
  if (text.trim() === '' || !allowed(value)) throw new UsageError(`--${name}: expected ${expected}, received ${text}`);
  return value;
}
