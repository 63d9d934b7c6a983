import { isJsonObject, type Json } from '../json.js';
import { numberText } from './number-text.js';

/**
 * `json.dumps(value)` of Python: a space behind `,` and `:`, ASCII only; numbers as they were written.
 * @param floats names of members whose numbers are floats: 0 is written `0.0`, which JSON itself does not tell from `0`.
 */
export function pythonJson(value: Json, floats?: ReadonlySet<string>): string {
  if (Array.isArray(value)) return `[${value.map((item, index) => numberText(value, index) ?? pythonJson(item, floats)).join(', ')}]`;
  if (!isJsonObject(value)) return ascii(JSON.stringify(value));
  const members = Object.entries(value).map(([name, item]) => {
    const text = numberText(value, name) ?? floatText(item, floats?.has(name) ?? false) ?? pythonJson(item, floats);
    return `${ascii(JSON.stringify(name))}: ${text}`;
  });
  return `{${members.join(', ')}}`;
}

/** A whole number as Python writes it where it is a float; undefined for all other values. */
export function floatText(value: Json, isFloat: boolean): string | undefined {
  return isFloat && Number.isInteger(value) && Math.abs(Number(value)) < 1e21 ? `${Number(value)}.0` : undefined;
}

function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
