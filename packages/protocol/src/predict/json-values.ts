/** Bytes, as TensorFlow Serving writes them in JSON. */
export interface Binary {
  readonly b64: string;
}

export function isBinary(value: unknown): value is Binary {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 1 && typeof (value as Partial<Binary>).b64 === 'string';
}

/** Whether a value is an object with members of its own: no list, and no bytes. */
export const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value) && !isBinary(value);

/** What a value is, for the words of an error. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
