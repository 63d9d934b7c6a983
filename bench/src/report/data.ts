import { type ReaderName, readerTitles } from '../contenders/peers.js';
import type { DataRun } from '../data/run-data.js';
import type { StreamedCase } from '../data/run-streamed.js';
import type { Machine } from '../measure/machine.js';
import { type Pair, ratioOf } from '../measure/pairing.js';
import { median } from '../measure/statistics.js';
import { round, short, table } from './table.js';

/** The suite's entry in the JSON file. */
export interface DataFigures {
  readonly training: readonly { readonly case: string; readonly rows: number; readonly mb: number; readonly stream_ms: number; readonly memory_ms: number; readonly ratio: number }[];
  /** The bound of training on a stream of images: from memory, decoding beside. The ratio: it / the stream. */
  readonly training_bound: readonly { readonly case: string; readonly decoding_beside_ms: number; readonly ratio: number }[];
  /** From S3, bytes as the stream fetches them. The ratio: it / bare GETs. */
  readonly fetching: readonly { readonly case: string; readonly fetched: Rate; readonly get_object: Rate; readonly ratio: number }[];
  /** From S3. The ratio: the stream / bare GETs. */
  readonly reading: readonly { readonly case: string; readonly stream: Rate; readonly get_object: Rate; readonly ratio: number }[];
  /** From the disk. The ratio: the stream / the peer. */
  readonly disk: readonly { readonly case: string; readonly peer: ReaderName; readonly stream: Rate; readonly peer_rate: Rate; readonly ratio: number }[];
  /** Of files in memory, by the decoder alone. The ratio: the stream from S3 / it. */
  readonly decoding: readonly { readonly case: string; readonly rows_s: number; readonly ratio: number }[];
  readonly memory: readonly { readonly source_mb: number; readonly peak_mib: number }[];
  readonly machine: Machine;
}

interface Rate {
  readonly mb_s: number;
  readonly rows_s: number;
}

export function dataFigures({ cases, memory }: DataRun, machine: Machine): DataFigures {
  return {
    training: cases.map(({ name, rows, bytes, training }) => ({
      ...{ case: name, rows, mb: round(bytes / 1e6) },
      stream_ms: round(median(training.map(({ ours }) => ours))),
      memory_ms: round(median(training.map(({ peer }) => peer))),
      ratio: round(ratioOf(training)),
    })),
    training_bound: cases.flatMap(({ name, training, decodingBeside }) => {
      if (decodingBeside.length === 0) return [];
      const beside = median(decodingBeside);
      return [{ case: name, decoding_beside_ms: round(beside), ratio: round(beside / median(training.map(({ ours }) => ours))) }];
    }),
    fetching: cases.map((of) => ({ case: of.name, fetched: rateOf(of, of.fetching, 'ours'), get_object: rateOf(of, of.fetching, 'peer'), ratio: oursToPeer(of.fetching) })),
    reading: cases.map((of) => ({ case: of.name, stream: rateOf(of, of.reading, 'ours'), get_object: rateOf(of, of.reading, 'peer'), ratio: oursToPeer(of.reading) })),
    disk: cases.flatMap((of) => of.beside.map(({ reader, pairs }) => ({ case: of.name, peer: reader, stream: rateOf(of, pairs, 'ours'), peer_rate: rateOf(of, pairs, 'peer'), ratio: oursToPeer(pairs) }))),
    decoding: cases.flatMap(({ name, decoding, reading }) =>
      decoding.length === 0 ? [] : [{ case: name, rows_s: round(median(decoding)), ratio: round(median(reading.map(({ ours }) => ours)) / median(decoding)) }],
    ),
    memory: memory.map(({ bytes, peakMiB }) => ({ source_mb: round(bytes / 1e6), peak_mib: Math.round(peakMiB) })),
    machine,
  };
}

function rateOf({ rows, bytes }: StreamedCase, pairs: readonly Pair[], side: keyof Pair): Rate {
  const rate = median(pairs.map((pair) => pair[side]));
  return { mb_s: round((rate / rows) * (bytes / 1e6)), rows_s: round(rate) };
}

/** Of rates: above 1 where ours is faster. */
function oursToPeer(pairs: readonly Pair[]): number {
  return round(median(pairs.map(({ ours, peer }) => ours / peer)));
}

export function dataMarkdown({ training, training_bound, fetching, reading, disk, decoding, memory }: DataFigures): string {
  const parts = [
    '### Training on a stream from S3: milliseconds a step',
    table(['case', 'rows', 'MB', 'fit_generator, streamed', 'fit, from memory', 'memory / stream'], training.map((row) => [row.case, String(row.rows), short(row.mb), short(row.stream_ms), short(row.memory_ms), bold(row.ratio)])),
    ...(training_bound.length === 0
      ? []
      : [
          '### What bounds training on images: milliseconds a step from memory, the same images decoded beside it for nothing',
          table(['case', 'fit, from memory, and the decoder', 'it / stream'], training_bound.map((row) => [row.case, short(row.decoding_beside_ms), bold(row.ratio)])),
        ]),
    '### Reading from S3, bytes as the stream fetches them: MB and rows a second',
    table(['case', 'ranges, pinned, in order', 'bare getObject', 'ranges / bare'], fetching.map((row) => [row.case, rateText(row.fetched), rateText(row.get_object), bold(row.ratio)])),
    '### Reading from S3, as batches: MB and rows a second',
    table(['case', 'stream of batches', 'bare getObject', 'stream / bare'], reading.map((row) => [row.case, rateText(row.stream), rateText(row.get_object), bold(row.ratio)])),
  ];
  if (decoding.length > 0)
    parts.push('### Decoding from memory, nothing read: images a second', table(['case', 'decoder alone', 'stream from S3 / decoder'], decoding.map((row) => [row.case, short(row.rows_s), bold(row.ratio)])));
  if (disk.length > 0)
    parts.push(
      '### Reading from the disk, beside Python: MB and rows a second',
      table(['case', 'stream of batches', 'beside', '', 'stream / it'], disk.map((row) => [row.case, rateText(row.stream), readerTitles[row.peer], rateText(row.peer_rate), bold(row.ratio)])),
    );
  parts.push('### Peak memory of a process that streams a source once', table(['source, MB', 'peak, MiB'], memory.map((row) => [short(row.source_mb), String(row.peak_mib)])));
  return parts.join('\n\n');
}

function rateText({ mb_s, rows_s }: Rate): string {
  return `${short(mb_s)} MB, ${short(rows_s)}`;
}

function bold(ratio: number): string {
  return `**${ratio.toFixed(2)}**`;
}
