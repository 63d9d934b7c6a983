import type { ShardFile } from '../../shards/shard-file.js';

/** One row of a source of images: a file, and of which class it is said to be. */
export interface ImageRow {
  readonly file: ShardFile;
  /** The folder's name, or the csv's label; `undefined` where there is none. */
  readonly label: string | undefined;
}

/** The rows of a source, in their order. */
export interface ImageRows {
  readonly rows: readonly ImageRow[];
  /** Whether classes may be asked for. */
  readonly labelled: boolean;
  /** The labels in the order in which they are numbered by default. */
  readonly sorted: (labels: readonly string[]) => string[];
  /** Where a row's label stands, for messages. */
  readonly labelPlace: (row: number) => string;
  /** Where a row is named. */
  readonly rowPlace: (row: number) => string;
}

/** Keras's white list, of what can be decoded here. */
export const imageSuffixes = ['.jpg', '.jpeg', '.png'] as const;

export function isImageName(name: string): boolean {
  const lower = name.toLowerCase();
  return imageSuffixes.some((suffix) => lower.endsWith(suffix));
}

/** As Python sorts texts: by code points, which UTF-8 keeps the order of. */
export function byCodePoints(labels: readonly string[]): string[] {
  return labels
    .map((label) => ({ label, bytes: Buffer.from(label) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ label }) => label);
}
