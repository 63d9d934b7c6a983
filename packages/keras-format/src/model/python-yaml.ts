import { isJsonObject, type Json, type JsonObject } from '../json.js';
import { numberText } from './number-text.js';
import { floatText } from './python-json.js';

/** Words that YAML 1.1, PyYAML's, reads as something else than text. */
const WORDS = new Set(['', '~', 'null', 'true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n']);
/** Text that every YAML reads as text, words aside. */
const PLAIN = /^[A-Za-z_][\w/-]*$/;

/**
 * YAML as `yaml.dump(value, default_flow_style=False)` of Python lays it out: one member or item a line, lists not indented
 * in their member. Text, numbers and words are written so that YAML 1.1 (PyYAML) and 1.2 read the same.
 * @param floats names of members whose numbers are floats.
 */
export function pythonYaml(value: Json, floats?: ReadonlySet<string>): string {
  return `${block(value, '', floats).join('\n')}\n`;
}

function block(value: Json, indent: string, floats: ReadonlySet<string> | undefined): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item, index) => items(item, indent, floats, numberText(value, index)));
  if (isJsonObject(value) && Object.keys(value).length > 0) return Object.entries(value).flatMap(([name, item]) => member(name, item, { holder: value, indent, floats }));
  return [`${indent}${scalar(value)}`];
}

function member(name: string, value: Json, { holder, indent, floats }: { holder: JsonObject; indent: string; floats: ReadonlySet<string> | undefined }): string[] {
  const key = `${indent}${text(name)}:`;
  if (!isNested(value)) return [`${key} ${scalar(value, numberText(holder, name) ?? floatText(value, floats?.has(name) ?? false))}`];
  return [key, ...block(value, Array.isArray(value) ? indent : `${indent}  `, floats)];
}

/** An item: its first line stands behind the dash. */
function items(value: Json, indent: string, floats: ReadonlySet<string> | undefined, kept: string | undefined): string[] {
  if (!isNested(value)) return [`${indent}- ${scalar(value, kept)}`];
  const [first = '', ...others] = block(value, `${indent}  `, floats);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...others];
}

function isNested(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function scalar(value: Json, kept?: string): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(kept ?? String(value));
  return JSON.stringify(value);
}

function text(value: string): string {
  if (PLAIN.test(value) && !WORDS.has(value.toLowerCase())) return value;
  // YAML's escapes beyond 16 bits are \U and eight digits; JSON's are pairs of surrogates.
  return JSON.stringify(value).replace(/[\ud800-\udbff][\udc00-\udfff]|[\u007f-\uffff]/g, (unit) => {
    const code = (unit.codePointAt(0) ?? 0).toString(16);
    return unit.length > 1 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** YAML 1.1 takes `1e-7` for text: a float has a point, its exponent a sign. */
function number(written: string): string {
  const [mantissa = '', exponent] = written.toLowerCase().split('e');
  if (exponent === undefined) return written;
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${/^[-+]/.test(exponent) ? exponent : `+${exponent}`}`;
}
