/** Bytes, as TensorFlow Serving writes them in JSON. */
export interface Binary {
  readonly b64: string;
}

export function isBinary(value: unknown): value is Binary {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 1 && typeof (value as Partial<Binary>).b64 === 'string';
}

export const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value) && !isBinary(value);
