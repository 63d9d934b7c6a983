import type { z } from 'zod';
import type { Issue } from '../errors/api-error.js';
import type { IssueCode } from '../errors/catalogue.js';
import { jsonPointer } from '../pointer.js';

type ZodIssue = z.core.$ZodIssue;

/** What zod found wrong, as issues with JSON pointers. `input` is what was parsed: messages quote it. */
export function issuesOf(error: z.ZodError, input: unknown): Issue[] {
  return error.issues.flatMap((issue) => flatten(issue, [], input));
}

function flatten(issue: ZodIssue, base: readonly PropertyKey[], input: unknown): Issue[] {
  const path = [...base, ...issue.path];
  const received = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        pointer: jsonPointer([...path, key]),
        code: 'unknown_field',
        detail: 'there is no such field',
      }));
    case 'invalid_union':
      return flattenUnion(issue, path, input);
    case 'invalid_key':
      return issue.issues.slice(0, 1).map((inner) => ({
        pointer: jsonPointer(path),
        code: 'invalid_value',
        detail: `${expectation(inner)}, received ${show(path.at(-1))}`,
      }));
    default:
      if (received === undefined) return [{ pointer: jsonPointer(path), code: 'required', detail: 'is required' }];
      return [{ pointer: jsonPointer(path), code: codeOf(issue), detail: `${expectation(issue)}, received ${show(received)}` }];
  }
}

/**
 * Of a union's members, the one that the value came closest to speaks: it got deepest, and then had the fewest issues.
 * When none got past the value itself, their expectations are joined.
 */
function flattenUnion(issue: ZodIssue & { code: 'invalid_union' }, path: readonly PropertyKey[], input: unknown): Issue[] {
  const received = valueAt(input, path);
  const pointer = jsonPointer(path);
  if (received === undefined) return [{ pointer, code: 'required', detail: 'is required' }];
  if (issue.errors.length === 0) {
    const options = 'options' in issue && Array.isArray(issue.options) ? `one of ${issue.options.join(', ')}` : issue.message;
    return [{ pointer, code: 'invalid_value', detail: `expected ${options}, received ${show(received)}` }];
  }
  const members = issue.errors.map((errors) => ({
    errors,
    rightType: errors.every((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'),
    unknown: errors.filter((inner) => inner.code === 'unrecognized_keys').length,
  }));
  const candidates = members.filter(({ rightType }) => rightType);
  const fields = candidates.length > 1 && candidates.every(({ unknown }) => unknown > 0) ? requiredFields(issue.errors, received) : [];
  if (fields.length > 1) return unknownFields(issue.errors[0] ?? [], path, fields);
  const closest = candidates.sort((a, b) => a.unknown - b.unknown || a.errors.length - b.errors.length)[0];
  if (closest !== undefined) return closest.errors.flatMap((inner) => flatten(inner, path, input));
  const expected = [...new Set(issue.errors.flat().map(expectation))].map((text) => text.replace(/^expected /, ''));
  return [{ pointer, code: 'invalid_type', detail: `expected ${expected.join(' or ')}, received ${show(received)}` }];
}

/** The field that each member of a union cannot do without: where one has none or several, nothing. */
function requiredFields(members: readonly (readonly ZodIssue[])[], received: unknown): string[] {
  const fields = members.map((errors) => errors.flatMap(({ path }) => (path.length === 1 && valueAt(received, path) === undefined ? [String(path[0])] : [])));
  return fields.every((names) => names.length === 1) ? fields.flat() : [];
}

function unknownFields(errors: readonly ZodIssue[], path: readonly PropertyKey[], expected: readonly string[]): Issue[] {
  return errors.flatMap((error) => (error.code === 'unrecognized_keys' ? error.keys : [])).map((key) => ({
    pointer: jsonPointer([...path, key]),
    code: 'unknown_field',
    detail: `there is no such field; expected one of ${expected.join(', ')}`,
  }));
}

function codeOf(issue: ZodIssue): IssueCode {
  switch (issue.code) {
    case 'invalid_type':
      return 'invalid_type';
    case 'too_big':
    case 'too_small':
      return 'out_of_range';
    default:
      return 'invalid_value';
  }
}

function expectation(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${withArticle(issue.expected === 'record' ? 'object' : issue.expected)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return `expected ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', Number(issue.minimum))}`;
    case 'too_big':
      return `expected ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum))}`;
    default:
      return issue.message.startsWith('expected') ? issue.message : issue.message.replace(/^Invalid/, 'invalid');
  }
}

function bound(origin: string, words: string, limit: number): string {
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  return `${words} ${limit}${unit}`;
}

const withArticle = (noun: string): string => {
  if (noun === 'int') return 'an integer';
  return noun === 'null' ? 'null' : `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
};

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
