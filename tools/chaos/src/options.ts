import { parseArgs } from 'node:util';

export interface Options {
  /** Names of trials; where none is given, all that a full or a short run has. */
  readonly trials: readonly string[];
  readonly short: boolean;
  /** Seconds after which no trial begins any more. */
  readonly within: number | undefined;
  readonly json: string | undefined;
  readonly seed: number;
  readonly help: boolean;
}

/** What the user can mend. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Names of trials. */
export interface KnownTrials {
  readonly full: readonly string[];
  /** Those of them that a short run has. */
  readonly short: readonly string[];
}

/** @throws UsageError */
export function parseOptions(args: readonly string[], { full: known, short: few }: KnownTrials, seed: number): Options {
  const values = read(args);
  const unknown = (values.trial ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`--trial: expected some of ${known.join(', ')}, received ${unknown.join(', ')}`);
  const given = values.seed === undefined ? seed : Number(values.seed);
  if (!Number.isInteger(given) || given < 0 || given >= 2 ** 32) throw new UsageError(`--seed: expected a whole number from 0 to ${2 ** 32 - 1}, received ${values.seed}`);
  const short = values.short ?? false;
  const within = values.within === undefined ? undefined : Number(values.within);
  if (within !== undefined && !(within > 0)) throw new UsageError(`--within: expected seconds, received ${values.within}`);
  return { trials: values.trial ?? (short ? few : known), short, within, json: values.json, seed: given, help: values.help ?? false };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { trial: { type: 'string', multiple: true }, short: { type: 'boolean' }, within: { type: 'string' }, json: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
