/** Numbers as Python prints them, where they differ from JavaScript's: ties, exponents, `1.0`, `nan`. */

function special(value: number): string | undefined {
  if (Number.isFinite(value)) return undefined;
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

/** `'%.4f' % value`. A tie goes to the even digit, where JavaScript's `toFixed` goes up: 0.03125 → `0.0312`. */
export function pythonFixed(value: number, digits: number): string {
  const text = special(value) ?? value.toFixed(digits);
  // A double that lies halfway has no digit after the 5; 30 more show all that one can have besides.
  const exact = digits <= 70 && Math.abs(value) < 1e21 ? value.toFixed(digits + 30) : '';
  if (!exact.endsWith(`5${'0'.repeat(29)}`)) return text;
  const down = exact.slice(0, -30);
  return Number(down.at(-1) === '.' ? down.at(-2) : down.at(-1)) % 2 === 0 ? down.replace(/\.$/, '') : text;
}

/** `'%.4e' % value`: at least two digits of exponent. */
export function pythonExponential(value: number, digits: number): string {
  return special(value) ?? twoDigitExponent(value.toExponential(digits));
}

/** `repr(value)` of a float: `0.5`, `1.0`, `1e-05`, `1e+16`, `nan`, `inf`. */
export function pythonFloat(value: number): string {
  const text = special(value);
  if (text !== undefined) return text;
  const power = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  if (power < -4 || power >= 16) return twoDigitExponent(value.toExponential());
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
