import type { Json } from '@trainyard/protocol';

/** One place of several documents: its path, and what each has there. */
export interface Row {
  readonly path: string;
  /** As JSON; undefined where there is nothing. */
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

/** Every place where any of the documents has a value, in the order of the first that has it. Nothing and null are the same: a default. */
export function compareAll(documents: readonly Json[]): Row[] {
  const flat = documents.map((document) => new Map(leaves(document, '')));
  const paths = new Set(flat.flatMap((entries) => [...entries.keys()]));
  return [...paths].map((path) => {
    const values = flat.map((entries) => entries.get(path));
    return { path, values, differs: new Set(values).size > 1 };
  });
}

/** A layer's place is its name, not its number: one more layer does not make all that follow differ. */
function* leaves(value: Json, path: string): Generator<[string, string]> {
  if (value === null) return;
  if (typeof value !== 'object') {
    yield [path, JSON.stringify(value)];
    return;
  }
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null || isShort(item))) {
    if (value.length > 0) yield [path, JSON.stringify(value)];
    return;
  }
  const entries = Array.isArray(value) ? value.map((item, index): [string, Json] => [nameOf(item) ?? String(index), item]) : Object.entries(value);
  for (const [key, inner] of entries) yield* leaves(inner, path === '' ? key : `${path}/${key}`);
}

const isShort = (item: Json): boolean => Array.isArray(item) && JSON.stringify(item).length < 60 && !JSON.stringify(item).includes('{');

function nameOf(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const { name, config, class_name: className } = item;
  if (typeof name === 'string') return name;
  if (typeof config === 'object' && config !== null && !Array.isArray(config) && typeof config['name'] === 'string') return config['name'];
  return typeof className === 'string' ? className : undefined;
}
