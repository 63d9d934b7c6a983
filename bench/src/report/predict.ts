import type { Machine } from '../measure/machine.js';
import { median } from '../measure/statistics.js';
import type { PredictRun, Round } from '../predict/run-predict.js';
import { type ServerName, serverTitles } from '../predict/servers/model-server.js';
import { type TensorWay, tensorWays } from '../predict/servers/trainyard-server.js';
import { round, short, table } from './table.js';

/** One server on one model: medians over the rounds. */
interface ServerFigures {
  /** Of one client that asks one thing after another. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Of many clients at once. */
  readonly requests_per_s: number;
  readonly many_p50_ms: number;
  readonly many_p99_ms: number;
  /** Trainyard's requests a second / this server's: the median of the rounds' ratios. */
  readonly trainyard_ratio: number;
}

/** The suite's entry in the JSON file. */
export interface PredictFigures {
  readonly clients: number;
  readonly models: readonly { readonly model: string; readonly title: string; readonly servers: Readonly<Partial<Record<ServerName, ServerFigures>>> }[];
  readonly tensors: { readonly images: number; readonly ms: Readonly<Record<TensorWay, number>>; /** That way's time / that of bytes. */ readonly ratios: Readonly<Record<TensorWay, number>> };
  readonly cold: { readonly mib: number; readonly median_ms: number; readonly min_ms: number; readonly max_ms: number };
  readonly rounds: number;
  readonly machine: Machine;
}

export function predictFigures({ clients, compared, tensors, cold }: PredictRun, rounds: number, machine: Machine): PredictFigures {
  return {
    clients,
    models: compared.map(({ model, title, servers }) => ({ model, title, servers: Object.fromEntries(Object.entries(servers).map(([name, of]) => [name, serverFigures(of, servers.trainyard ?? [])])) })),
    tensors: {
      images: tensors.images,
      ms: ofEachWay((way) => round(median(tensors.ms[way]))),
      ratios: ofEachWay((way) => round(median(tensors.ms[way].map((ms, i) => ms / (tensors.ms.bytes[i] ?? NaN))))),
    },
    cold: { mib: cold.mib, median_ms: round(median(cold.ms)), min_ms: round(Math.min(...cold.ms)), max_ms: round(Math.max(...cold.ms)) },
    rounds,
    machine,
  };
}

const ofEachWay = <T>(of: (way: TensorWay) => T): Record<TensorWay, T> => Object.fromEntries(tensorWays.map((way) => [way, of(way)])) as Record<TensorWay, T>;

const rateOf = ({ many }: Round): number => many.requests / many.seconds;

function serverFigures(rounds: readonly Round[], trainyard: readonly Round[]): ServerFigures {
  const of = (figure: (round: Round) => number): number => round(median(rounds.map(figure)));
  return {
    p50_ms: of(({ alone }) => alone.p50Ms),
    p99_ms: of(({ alone }) => alone.p99Ms),
    requests_per_s: of(rateOf),
    many_p50_ms: of(({ many }) => many.p50Ms),
    many_p99_ms: of(({ many }) => many.p99Ms),
    trainyard_ratio: round(median(rounds.map((one, i) => rateOf(trainyard[i] ?? one) / rateOf(one)))),
  };
}

const wayTitles: Readonly<Record<TensorWay, string>> = {
  bytes: 'Open Inference Protocol, bytes',
  json: 'Open Inference Protocol, JSON',
  instances: 'TensorFlow Serving’s `:predict`, JSON',
};

export function predictMarkdown({ clients, models, tensors, cold, rounds }: PredictFigures): string {
  const parts = models.flatMap(({ title, servers }) => [
    `### Predictions of one row through HTTP, ${title}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    table(
      ['', '1 client: p50, ms', 'p99', `${clients} clients: requests a second`, 'p50, ms', 'p99', 'Trainyard / it'],
      (Object.entries(servers) as [ServerName, ServerFigures][]).map(([name, figures]) => [
        serverTitles[name],
        ...[figures.p50_ms, figures.p99_ms, figures.requests_per_s, figures.many_p50_ms, figures.many_p99_ms].map(short),
        name === 'trainyard' ? '' : `**${figures.trainyard_ratio.toFixed(2)}**`,
      ]),
    ),
  ]);
  const { median_ms, min_ms, max_ms } = cold;
  return [
    ...parts,
    `### ${tensors.images} images of 224×224×3 in one request: milliseconds`,
    table(['', 'ms', 'it / bytes'], tensorWays.map((way) => [wayTitles[way], short(tensors.ms[way]), way === 'bytes' ? '' : `**${tensors.ratios[way].toFixed(2)}**`])),
    '### A checkpoint that is not loaded',
    `The first answer from ${cold.mib} MiB of weights: ${short(median_ms)} ms (${short(min_ms)} to ${short(max_ms)}).`,
  ].join('\n\n');
}
