import { median } from './statistics.js';

/** One of ours and one of a peer's, measured next to each other. */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

/**
 * Measures in pairs, and swaps the order within a pair from one to the next: whatever makes the machine slower for a
 * while, or whatever comes second slower, falls on both alike.
 */
export async function measurePair(round: number, ours: () => Promise<number>, peer: () => Promise<number>): Promise<Pair> {
  if (round % 2 === 0) {
    const first = await ours();
    return { ours: first, peer: await peer() };
  }
  const first = await peer();
  return { ours: await ours(), peer: first };
}

/** How many times longer the peer takes: the median of the pairs' ratios, above 1 where ours is faster. */
export function ratioOf(pairs: readonly Pair[]): number {
  return median(pairs.map(({ ours, peer }) => peer / ours));
}

/** The peer that ours is least ahead of, and by how much. */
export function bestPeer(pairs: ReadonlyMap<string, readonly Pair[]>): { readonly name: string; readonly ratio: number } | undefined {
  const ratios = [...pairs].filter(([, of]) => of.length > 0).map(([name, of]) => ({ name, ratio: ratioOf(of) }));
  return ratios.sort((a, b) => a.ratio - b.ratio)[0];
}
