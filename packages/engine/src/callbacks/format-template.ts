import { pythonFixed } from './python-number.js';

/** A template names what there is no value of. */
export class MissingValueError extends Error {
  override readonly name = 'MissingValueError';

  constructor(missing: string, known: readonly string[]) {
    super(`expected one of ${known.join(', ')} in braces, received "${missing}"`);
  }
}

/**
 * Python's `str.format` for the file names of ModelCheckpoint: `{name}` and `{name:spec}`, with spec
 * `[0][width][,][.precision][d|f|F|e|E|g|G|%]`; `{{` and `}}` are braces.
 * @throws MissingValueError for a name that has no value, Error for a spec that is not known.
 */
export function formatTemplate(template: string, values: Readonly<Record<string, number>>): string {
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (match, field: string | undefined) => {
    if (field === undefined) return match.charAt(0);
    const [name = '', spec = ''] = field.split(/:(.*)/s, 2);
    const value = values[name];
    if (value === undefined) throw new MissingValueError(name, Object.keys(values));
    return formatNumber(value, spec);
  });
}

const SPEC = /^(0?)(\d*)(?:\.(\d+))?([dfFeEgG%]?)$/;

function formatNumber(value: number, spec: string): string {
  const [, zero, width = '', precision, type = ''] = SPEC.exec(spec) ?? [];
  if (zero === undefined) throw new Error(`expected a format such as 03d, .3f or .2e, received "${spec}"`);
  const digits = precision === undefined ? 6 : Number(precision);
  const text = convert(value, type, digits, precision !== undefined);
  return zero ? padZeros(text, Number(width)) : text.padStart(Number(width));
}

function convert(value: number, type: string, digits: number, hasPrecision: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  switch (type) {
    case 'd':
      if (!Number.isInteger(value)) throw new Error(`expected an integer for the format d, received ${value}`);
      return String(value);
    case 'f':
    case 'F':
      return pythonFixed(value, digits);
    case '%':
      return `${pythonFixed(value * 100, digits)}%`;
    case 'e':
    case 'E':
      return exponent(value.toExponential(digits), type);
    default:
      return type === '' && !hasPrecision ? String(value) : general(value, Math.max(1, digits), type === 'G' ? 'E' : 'e');
  }
}

/** Python writes at least two digits of exponent. */
function exponent(text: string, letter: string): string {
  return text.replace(/e([+-])(\d+)$/, (_, sign: string, power: string) => `${letter}${sign}${power.padStart(2, '0')}`);
}

function general(value: number, digits: number, letter: string): string {
  const power = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const fixed = power >= -4 && power < digits;
  const text = fixed ? value.toFixed(digits - 1 - power) : value.toExponential(digits - 1);
  const [mantissa = '', tail] = text.split('e');
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return tail === undefined ? trimmed : exponent(`${trimmed}e${tail}`, letter);
}

function padZeros(text: string, width: number): string {
  return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
}
