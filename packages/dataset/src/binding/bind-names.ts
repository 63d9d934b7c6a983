import { DataError, listNames } from '../data-error.js';

/** What an input or output of the model is made of: one column, or several side by side. */
export interface Binding {
  /** The model's name of it. */
  readonly name: string;
  readonly columns: readonly string[];
}

export type GivenBinding = string | readonly string[] | Readonly<Record<string, string | readonly string[]>> | undefined;

/** Which of the two sides of a model, as the source's field and in words. */
export interface Side {
  readonly field: 'x' | 'y';
  readonly word: 'input' | 'output';
}
export const inputSide: Side = { field: 'x', word: 'input' };
export const outputSide: Side = { field: 'y', word: 'output' };

/**
 * A source's `x` or `y` for a model's inputs or outputs: one name or a list of them for the only one, a list in the
 * model's order for several, or an object by their names. `undefined` where the source says nothing.
 * @throws DataError with a pointer when the two do not match
 */
export function bindNames(given: GivenBinding, names: readonly string[], side: Side): Binding[] | undefined {
  if (names.length === 0) return []; // predicting: targets are not looked at
  if (given === undefined) return undefined;
  if (typeof given === 'string') return bindList([given], names, side);
  if (isList(given)) return bindList(given, names, side);
  return bindObject(given, names, side);
}

function bindList(given: readonly string[], names: readonly string[], { field, word }: Side): Binding[] {
  const [only] = names;
  if (names.length === 1 && only !== undefined) return [{ name: only, columns: given }];
  if (given.length !== names.length)
    throw new DataError('data', `the model has ${names.length} ${word}s (${listNames(names)}): expected a name for each, or {"${only}": …}, received ${given.length}`, { pointer: `/${field}` });
  return names.map((name, i) => ({ name, columns: [given[i] ?? ''] }));
}

function bindObject(given: Readonly<Record<string, string | readonly string[]>>, names: readonly string[], { field, word }: Side): Binding[] {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new DataError('data', `the model has no ${word} ${JSON.stringify(unknown)}; expected ${listNames(names)}`, { pointer: `/${field}/${unknown.replaceAll('~', '~0').replaceAll('/', '~1')}` });
  return names.map((name) => {
    const columns = given[name];
    if (columns === undefined) throw new DataError('data', `expected a column for each ${word}, received none for ${JSON.stringify(name)}`, { pointer: `/${field}` });
    return { name, columns: typeof columns === 'string' ? [columns] : columns };
  });
}

function isList(given: readonly string[] | Readonly<Record<string, unknown>>): given is readonly string[] {
  return Array.isArray(given);
}

/** A source's `sample_weight`: one column for the only output, or some by the outputs' names. @throws DataError */
export function bindSampleWeight(given: string | Readonly<Record<string, string>> | undefined, outputs: readonly string[]): (Binding | undefined)[] | undefined {
  if (given === undefined || outputs.length === 0) return undefined;
  const [only] = outputs;
  if (typeof given === 'string') {
    if (outputs.length === 1 && only !== undefined) return [{ name: only, columns: [given] }];
    throw new DataError('data', `the model has ${outputs.length} outputs: expected {"${only}": …}, received one name`, { pointer: '/sample_weight' });
  }
  const unknown = Object.keys(given).find((name) => !outputs.includes(name));
  if (unknown !== undefined) throw new DataError('data', `the model has no output ${JSON.stringify(unknown)}; expected ${listNames(outputs)}`, { pointer: '/sample_weight' });
  return outputs.map((name) => (given[name] === undefined ? undefined : { name, columns: [given[name]] }));
}
