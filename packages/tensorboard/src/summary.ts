import { MessageWriter } from './proto/wire.js';

/** A number over the steps: `loss`, `val_acc`, `lr`. */
export interface ScalarSummary {
  readonly kind: 'scalar';
  readonly tag: string;
  readonly value: number;
}

/** The distribution of a tensor's elements: `limits[i]` is the upper edge of bucket i, the lower edge of the next. */
export interface HistogramSummary {
  readonly kind: 'histogram';
  readonly tag: string;
  readonly min: number;
  readonly max: number;
  /** Number of elements, their sum, and the sum of their squares. */
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly limits: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/** A picture, already encoded. */
export interface ImageSummary {
  readonly kind: 'image';
  readonly tag: string;
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly png: Uint8Array;
}

export type Summary = ScalarSummary | HistogramSummary | ImageSummary;

/** `Summary` of tensorboard/compat/proto/summary.proto: one `Summary.Value` for each. */
export function summaryMessage(summaries: readonly Summary[]): MessageWriter {
  const message = new MessageWriter();
  for (const summary of summaries) message.message(1, summaryValue(summary));
  return message;
}

function summaryValue(summary: Summary): MessageWriter {
  const value = new MessageWriter().text(1, summary.tag);
  switch (summary.kind) {
    case 'scalar':
      return value.float(2, summary.value);
    case 'histogram':
      return value.message(5, histogram(summary));
    case 'image':
      return value.message(4, new MessageWriter().int(1, summary.height).int(2, summary.width).int(3, summary.channels).bytes(4, summary.png));
    default:
      return summary satisfies never;
  }
}

/** `HistogramProto` of tensorboard/compat/proto/histogram.proto. */
function histogram({ min, max, count, sum, sumOfSquares, limits, counts }: HistogramSummary): MessageWriter {
  if (limits.length !== counts.length) throw new RangeError(`a histogram has as many limits as counts, received ${limits.length} and ${counts.length}`);
  return new MessageWriter().double(1, min).double(2, max).double(3, count).double(4, sum).double(5, sumOfSquares).doubles(6, limits).doubles(7, counts);
}
