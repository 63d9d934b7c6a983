import type { HistogramSummary } from '@trainyard/tensorboard';

/** Upper edges of TensorFlow's buckets: ±1e-12·1.1^k up to 1e20, 0 and the largest double (tsl/lib/histogram). */
const edges = makeEdges();

function makeEdges(): Float64Array {
  const positive: number[] = [];
  for (let edge = 1e-12; edge < 1e20; edge *= 1.1) positive.push(edge);
  positive.push(Number.MAX_VALUE);
  return Float64Array.from([...positive.map((edge) => -edge).reverse(), 0, ...positive]);
}

/** The distribution of numbers, in the buckets of TensorFlow's `summary.histogram`. Numbers that are not finite are left out. */
export function histogram(tag: string, values: ArrayLike<number>): HistogramSummary {
  const counts = new Float64Array(edges.length);
  const total = { min: Infinity, max: -Infinity, count: 0, sum: 0, sumOfSquares: 0 };
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) continue;
    const bucket = bucketOf(value);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    total.min = Math.min(total.min, value);
    total.max = Math.max(total.max, value);
    total.count++;
    total.sum += value;
    total.sumOfSquares += value * value;
  }
  if (total.count === 0) Object.assign(total, { min: 0, max: 0 });
  return { kind: 'histogram', tag, ...total, ...withoutEmptyEnds(counts) };
}

/** The first bucket whose upper edge lies above the value. */
function bucketOf(value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Of the empty buckets one stays before the first that is not: its edge is where that one begins. */
function withoutEmptyEnds(counts: Float64Array): { limits: Float64Array; counts: Float64Array } {
  const first = Math.max(0, counts.findIndex((count) => count > 0) - 1);
  const end = counts.findLastIndex((count) => count > 0) + 1;
  return { limits: edges.slice(first, Math.max(end, first + 1)), counts: counts.slice(first, Math.max(end, first + 1)) };
}
