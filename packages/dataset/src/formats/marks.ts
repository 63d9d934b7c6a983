/** Which rows of a block lack a value. The mask is made when the first one does. */
export class Marks {
  private made: Uint8Array | undefined;

  constructor(private readonly rows: number) {}

  set(row: number): void {
    this.made ??= new Uint8Array(this.rows);
    this.made[row] = 1;
  }

  /** 1 for each row without a value; undefined where all have one. */
  get mask(): Uint8Array | undefined {
    return this.made;
  }
}

/** `{missing}` for a block, with the masks of those columns that lack values; nothing where none does. */
export function missingOf(columns: Iterable<readonly [string, Marks]>): { missing?: ReadonlyMap<string, Uint8Array> } {
  const missing = new Map([...columns].flatMap(([name, { mask }]) => (mask ? [[name, mask] as const] : [])));
  return missing.size > 0 ? { missing } : {};
}
