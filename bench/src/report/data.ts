import type { DataRun } from '../data/run-data.js';
import type { Machine } from '../measure/machine.js';
import { ratioOf } from '../measure/pairing.js';
import { median } from '../measure/statistics.js';
import { round, short, table } from './table.js';

/** The suite's entry in the JSON file. */
export interface DataFigures {
  readonly training: readonly { readonly case: string; readonly rows: number; readonly mb: number; readonly stream_ms: number; readonly memory_ms: number; readonly ratio: number }[];
  readonly reading: readonly { readonly case: string; readonly stream_mb_s: number; readonly get_object_mb_s: number; readonly ratio: number }[];
  readonly memory: readonly { readonly source_mb: number; readonly peak_mib: number }[];
  readonly machine: Machine;
}

export function dataFigures({ cases, memory }: DataRun, machine: Machine): DataFigures {
  return {
    training: cases.map(({ name, rows, bytes, training }) => ({
      ...{ case: name, rows, mb: round(bytes / 1e6) },
      stream_ms: round(median(training.map(({ ours }) => ours))),
      memory_ms: round(median(training.map(({ peer }) => peer))),
      ratio: round(ratioOf(training)),
    })),
    reading: cases.map(({ name, reading }) => ({
      case: name,
      stream_mb_s: round(median(reading.map(({ ours }) => ours)) / 1e6),
      get_object_mb_s: round(median(reading.map(({ peer }) => peer)) / 1e6),
      ratio: round(median(reading.map(({ ours, peer }) => ours / peer))),
    })),
    memory: memory.map(({ bytes, peakMiB }) => ({ source_mb: round(bytes / 1e6), peak_mib: Math.round(peakMiB) })),
    machine,
  };
}

export function dataMarkdown({ training, reading, memory }: DataFigures): string {
  return [
    '### Training on a stream from S3: milliseconds a step',
    table(['case', 'rows', 'MB', 'fit_generator, streamed', 'fit, from memory', 'memory / stream'], training.map((row) => [row.case, String(row.rows), short(row.mb), short(row.stream_ms), short(row.memory_ms), `**${row.ratio.toFixed(2)}**`])),
    '### Reading from S3: MB a second',
    table(['case', 'stream of batches', 'bare getObject', 'stream / bare'], reading.map((row) => [row.case, short(row.stream_mb_s), short(row.get_object_mb_s), `**${row.ratio.toFixed(2)}**`])),
    '### Peak memory of a process that streams a source once',
    table(['source, MB', 'peak, MiB'], memory.map((row) => [short(row.source_mb), String(row.peak_mib)])),
  ].join('\n\n');
}
