import { countShadow, type AliasVersionRef, type Database } from '@trainyard/database';
import type { ShadowReport } from '@trainyard/protocol';

/** What came of asking a shadow. */
export type ShadowOutcome =
  | { readonly kind: 'equal' | 'different'; /** The largest difference between two numbers; null where none can be told. */ readonly maxDifference: number | null }
  | { readonly kind: 'failed' | 'skipped' };

interface Pending {
  readonly ref: AliasVersionRef;
  readonly counts: { -readonly [K in keyof ShadowReport]: ShadowReport[K] };
}

/**
 * Adds outcomes up in the database. One statement is under way at a time, and takes all that has come meanwhile: each goes to one
 * row, and however many requests there are, their connections must not wait for each other's.
 */
export class ShadowCounts {
  readonly #pending = new Map<string, Pending>();
  #writing: Promise<void> | undefined;

  /** @param onError is told of what could not be counted, and is lost. */
  constructor(
    private readonly database: Database,
    private readonly onError: (error: unknown) => void,
  ) {}

  add(ref: AliasVersionRef, outcome: ShadowOutcome): void {
    const key = `${ref.projectId} ${ref.name} ${ref.version}`;
    const { counts } = this.#pending.get(key) ?? { counts: { asked: 0, different: 0, failed: 0, skipped: 0, max_difference: null } };
    this.#pending.set(key, { ref, counts });
    if (outcome.kind !== 'skipped') counts.asked++;
    if (outcome.kind !== 'equal') counts[outcome.kind]++;
    if ('maxDifference' in outcome && outcome.maxDifference !== null) counts.max_difference = Math.max(counts.max_difference ?? 0, outcome.maxDifference);
    this.#writing ??= this.#write();
  }

  /** Once all that was added has been written, or could not be. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    for (const [key, { ref, counts }] of this.#pending) {
      this.#pending.delete(key);
      await countShadow(this.database, ref, counts).catch(this.onError);
    }
    this.#writing = undefined; // in the same turn as nothing was found pending
  }
}
