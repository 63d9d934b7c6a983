/** As spreadsheets, pandas and C write them; no hexadecimal, no thousands separators. */
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

const ZERO = 48;
const NINE = 57;
const MINUS = 45;

export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** `undefined` for what is no finite number: nothing, `NaN`, `inf`, words, or a number beyond float64. */
export function parseNumber(text: string): number | undefined {
  const value = Number(text);
  // Number takes more than a number: blanks, 0x10. What begins with a digit other than 0, or with a minus, it takes for a
  // finite number only where it is one; the pattern, which takes twice as long as Number, is left for the others.
  const first = text.charCodeAt(0);
  if ((first > ZERO && first <= NINE) || first === MINUS || NUMBER.test(text)) return Number.isFinite(value) ? value : undefined;
  return undefined;
}
