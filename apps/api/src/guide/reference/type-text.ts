import { alternativesOf, referredBy, type JsonSchema } from './json-schema.js';
import { code } from './markdown.js';

/** How a schema is called where it is referred to: a link to its table. */
export type LinkSchema = (name: string) => string;

/** Characters; longer ones say less than the error that tells what was expected. */
const longestPattern = 60;

/** A schema in words, with what its values must keep to: `integer from 1`, `string of 1 to 200 characters or null`. */
export function typeText(schema: JsonSchema, link: LinkSchema): string {
  const texts = alternativesOf(schema).map((alternative) => oneText(alternative, link));
  return [...new Set(texts)].join(' or ');
}

function oneText(schema: JsonSchema, link: LinkSchema): string {
  const name = referredBy(schema);
  if (name !== undefined) return link(name);
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (Array.isArray(schema.type)) return (schema.type as string[]).map((type) => oneText({ ...schema, type }, link)).join(' or ');
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type}${rangeText(schema)}`;
    case 'string':
      return `string${sizeText(schema.minLength, schema.maxLength, 'characters')}${schema.format === undefined ? '' : ` (${schema.format})`}${schema.pattern === undefined || schema.pattern.length > longestPattern ? '' : ` ${code(schema.pattern.replaceAll('\\/', '/'))}`}`;
    case 'array':
      return schema.prefixItems ? `[${schema.prefixItems.map((item) => typeText(item, link)).join(', ')}]` : `list${sizeText(schema.minItems, schema.maxItems, 'entries')} of ${typeText(schema.items ?? {}, link)}`;
    case 'object':
      return typeof schema.additionalProperties === 'object' && !schema.properties ? `object of ${typeText(schema.additionalProperties, link)}` : 'object';
    default:
      return schema.type === undefined ? 'any JSON' : (schema.type as string);
  }
}

/** Bounds of a number; those of what a double holds exactly say nothing. */
function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const said = (bound: number | undefined): bound is number => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (said(minimum) && said(maximum)) return ` from ${minimum} to ${maximum}`;
  const parts = [
    said(minimum) ? `from ${minimum}` : '',
    said(exclusiveMinimum) ? `above ${exclusiveMinimum}` : '',
    said(maximum) ? `up to ${maximum}` : '',
    said(exclusiveMaximum) ? `below ${exclusiveMaximum}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}

function sizeText(min = 0, max: number | undefined, unit: string): string {
  if (max !== undefined) return ` of ${min === max ? min : min === 0 ? `up to ${max}` : `${min} to ${max}`} ${unit}`;
  return min > 1 ? ` of at least ${min} ${unit}` : '';
}
