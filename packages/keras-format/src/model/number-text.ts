import type { Json } from '../json.js';
import { endOfString } from './json-string.js';

/**
 * How numbers were written where JavaScript would write them otherwise: Python tells `1.0` from `1` and writes `1e-07`,
 * and some of its layers ask whether a number is a float. Kept beside the values, by the object or list that holds them.
 */
const texts = new WeakMap<object, Map<string | number, string>>();

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;
/** What may be such a number; most JSON of models has none but `1.0`. */
const UNUSUAL = /\.\d*0\s*[,\]}]|\d[eE][-+]?\d/;

/** Keeps the text of `holder[key]`, a number, where it is valid JSON and differs from JavaScript's own. */
export function rememberNumber(holder: object, key: string | number, text: string): void {
  const value = Number(text);
  if ((holder as Record<string | number, unknown>)[key] !== value || String(value) === text || !JSON_NUMBER.test(text)) return;
  const known = texts.get(holder);
  if (known) known.set(key, text);
  else texts.set(holder, new Map([[key, text]]));
}

/** The text of `holder[key]` where it was kept. */
export function numberText(holder: object, key: string | number): string | undefined {
  return texts.get(holder)?.get(key);
}

interface Frame {
  /** Undefined where a later member of the same name took the place of this object. */
  holder: object | undefined;
  key: string | number | undefined;
}

/**
 * Keeps the texts of all numbers in `text`, of which `value` was parsed.
 * @param value not nested too deeply: `inspectJson` has seen it.
 */
export function rememberNumbers(text: string, value: Json): void {
  if (!UNUSUAL.test(text)) return;
  const outer: (Frame | undefined)[] = [];
  let frame: Frame | undefined;
  const number = /-?\d[\d.eE+-]*/y;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') {
      const end = endOfString(text, i);
      if (frame && frame.key === undefined) frame.key = JSON.parse(text.slice(i, end + 1)) as string;
      i = end;
    } else if (character === '{' || character === '[') {
      outer.push(frame);
      frame = { holder: objectIn(frame, value), key: character === '[' ? 0 : undefined };
    } else if (character === '}' || character === ']') frame = outer.pop();
    else if (character === ',' && frame) frame.key = typeof frame.key === 'number' ? frame.key + 1 : undefined;
    else if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) {
      number.lastIndex = i;
      const found = number.exec(text)?.[0] ?? character;
      if (frame?.holder && frame.key !== undefined) rememberNumber(frame.holder, frame.key, found);
      i += found.length - 1;
    }
  }
}

/** The object or list that begins here: the outermost one, or what its holder has under the current key. */
function objectIn(frame: Frame | undefined, outermost: Json): object | undefined {
  const value = frame ? (frame.key === undefined ? undefined : (frame.holder as Record<string | number, unknown> | undefined)?.[frame.key]) : outermost;
  return typeof value === 'object' && value !== null ? value : undefined;
}
