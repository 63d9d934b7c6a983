import { parseArgs } from 'node:util';

import { type PeerName, peerNames } from './contenders/peers.js';
import { UsageError } from './usage-error.js';

export interface Options {
  readonly cases: readonly string[];
  readonly peers: readonly PeerName[];
  /** Pairs of fits, one of ours and one of the peer's, for each peer. */
  readonly repeats: number;
  /** About how long one fit takes. */
  readonly seconds: number;
  readonly json: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [--case NAME…|all] [--peer NAME…|all] [--repeats N] [--seconds S] [--json FILE]

Trains the same models with the engine and with real Keras in turns, and prints how many times faster the engine is.
  --case     cases of bench/cases (default: mlp_binary)
  --peer     ${peerNames.join(', ')} (default: all)
  --repeats  fits of each peer, each paired with one of ours (default: 5)
  --seconds  about how long one fit takes (default: 1)
  --json     write the figures to this file too`;

/**
 * Reads the command line. Names may follow an option one by one, or in one argument with commas.
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): Options {
  const values = new Map<string, string[]>([['case', []], ['peer', []], ['repeats', []], ['seconds', []], ['json', []]]);
  let current: string | undefined;
  let help = false;
  for (const token of tokensOf(args)) {
    if (token.kind === 'option' && token.name === 'help') help = true;
    else if (token.kind === 'option') {
      current = token.name;
      values.get(current)?.push(token.value ?? '');
    } else if (token.kind === 'positional') {
      if (current !== 'case' && current !== 'peer') throw new UsageError(`expected an option, received ${token.value}\n\n${USAGE}`);
      values.get(current)?.push(token.value);
    }
  }
  const list = (name: string): string[] => (values.get(name) ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
  return {
    cases: orDefault(list('case'), ['mlp_binary']),
    peers: readPeers(orDefault(list('peer'), ['all'])),
    repeats: readNumber('repeats', values.get('repeats')?.at(-1) ?? '5', (value) => Number.isInteger(value) && value >= 1, 'a whole number of at least 1'),
    seconds: readNumber('seconds', values.get('seconds')?.at(-1) ?? '1', (value) => value > 0, 'a number above 0'),
    json: values.get('json')?.at(-1),
    help,
  };
}

function tokensOf(args: readonly string[]) {
  const text = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { case: text, peer: text, repeats: text, seconds: text, json: text, help: { type: 'boolean' } },
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

function readPeers(names: readonly string[]): PeerName[] {
  if (names.includes('all')) return [...peerNames];
  const unknown = names.filter((name) => !(peerNames as readonly string[]).includes(name));
  if (unknown.length > 0) throw new UsageError(`--peer: expected all or some of ${peerNames.join(', ')}, received ${unknown.join(', ')}`);
  return names as PeerName[];
}

function readNumber(name: string, text: string, allowed: (value: number) => boolean, expected: string): number {
  const value = Number(text);
  if (text.trim() === '' || !allowed(value)) throw new UsageError(`--${name}: expected ${expected}, received ${text}`);
  return value;
}
