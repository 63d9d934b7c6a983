import { createHash } from 'node:crypto';

/**
 * The candidates in the order in which they are asked for `key`: each key has an order of its own, so keys spread evenly
 * over them; and when one comes or goes, only its own keys move (rendezvous hashing: Thaler and Ravishankar, 1998).
 */
export function rendezvousOrder<T>(candidates: readonly T[], nameOf: (candidate: T) => string, key: string): T[] {
  return candidates
    .map((candidate) => ({ candidate, weight: createHash('sha256').update(`${nameOf(candidate)}\n${key}`).digest('hex') }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ candidate }) => candidate);
}
