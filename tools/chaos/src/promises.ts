/** A promise that was not kept. */
export interface Breach {
  readonly seen: string;
  /** Job, rows, files. */
  readonly where: string;
}

/** What became of one promise. */
export interface PromiseResult {
  readonly promise: string;
  /** How often it was looked at. */
  readonly checks: number;
  readonly breaches: readonly Breach[];
  /** Why it could not be looked at on this machine. */
  readonly skipped?: string;
}

export type Verdict = 'kept' | 'broken' | 'skipped';

/** A promise that was never looked at is not kept. */
export function verdictOf({ checks, breaches, skipped }: PromiseResult): Verdict {
  if (breaches.length > 0) return 'broken';
  if (skipped !== undefined) return 'skipped';
  return checks > 0 ? 'kept' : 'broken';
}

/** What a trial has promised, and what it has found. */
export class Promises<Name extends string> {
  readonly #found = new Map<Name, { checks: number; skipped?: string; readonly breaches: Breach[] }>();

  /** @param say told at once of each promise that is broken. */
  constructor(
    private readonly texts: Readonly<Record<Name, string>>,
    private readonly say: (text: string) => void,
  ) {
    for (const name of Object.keys(texts) as Name[]) this.#found.set(name, { checks: 0, breaches: [] });
  }

  /**
   * Looks at a promise once.
   *
   * @param seen what there was to see: told where the promise was broken.
   */
  check(name: Name, kept: boolean, seen: string, where: string): void {
    const found = this.#of(name);
    found.checks++;
    if (kept) return;
    found.breaches.push({ seen, where });
    this.say(`BROKEN\n    promised: ${this.texts[name]}\n    seen: ${seen}\n    where: ${where}`);
  }

  /** Looks at a promise that is kept where nothing was found. */
  nothing(name: Name, found: readonly string[], where: string): void {
    this.check(name, found.length === 0, found.join('; '), where);
  }

  /** Gives up a promise for want of what it takes. */
  skip(name: Name, reason: string): void {
    this.#of(name).skipped = reason;
  }

  /** Gives up all that have not been looked at. */
  skipUnchecked(reason: string): void {
    for (const found of this.#found.values()) if (found.checks === 0) found.skipped ??= reason;
  }

  results(): PromiseResult[] {
    return [...this.#found].map(([name, found]) => ({ promise: this.texts[name], ...found }));
  }

  #of(name: Name) {
    const found = this.#found.get(name);
    if (!found) throw new Error(`expected one of the trial's promises, received ${name}`);
    return found;
  }
}
