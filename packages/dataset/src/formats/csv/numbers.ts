/** As spreadsheets, pandas and C write them; no hexadecimal, no thousands separators. */
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** `undefined` for what is no finite number: nothing, `NaN`, `inf`, words, or a number beyond float64. */
export function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
