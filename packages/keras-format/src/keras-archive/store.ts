import { FormatError } from '../format-error.js';
import type { Hdf5Reader } from '../h5/hdf5-reader.js';
import type { Hdf5Writer } from '../h5/hdf5-writer.js';
import { type Budget, compare } from '../h5/keras-groups.js';
import type { LayerWeights, NamedArray, ReadOptions } from '../h5/weights-file.js';
import { type LayerGroups, type VariableGroup, inGroupOrder, trainableFirst } from './layout.js';

/**
 * The weights in an open file of Keras 3's layout, for a model of this layout. What it declares is checked before any array
 * is read.
 * @throws FormatError naming the group that has other variables than the layer.
 */
export function readStore(file: Hdf5Reader, layout: readonly LayerGroups[], { expect }: Pick<ReadOptions, 'expect'>, budget: Budget): LayerWeights[] {
  const declared = layout.map(({ layer, groups }) => ({ layer, weights: trainableFirst(groups, groups.flatMap((group) => declareGroup(file, group, budget))) }));
  if (expect) compare(declared.map(({ layer, weights }) => ({ name: layer, weights: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })) })), expect);
  return declared.map(({ layer, weights }) => ({ layer, weights: weights.map(({ name, path }): NamedArray => ({ name, array: file.array(path) })) }));
}

function declareGroup(file: Hdf5Reader, { path, name, weights }: VariableGroup, budget: Budget): (Parameters<NonNullable<ReadOptions['expect']>>[1][number] & { path: string })[] {
  const found = variablesIn(file, path);
  if (found.length !== weights.length)
    throw new FormatError('weight_count', `${path}/vars`, `expected ${weights.length} variables (${weights.map((weight) => weight.name).join(', ') || 'none'}) of "${name}", received ${found.length}`);
  return weights.map((weight, i) => {
    const place = found[i] as string;
    const declaration = file.declaration(place);
    budget.take(declaration, place.slice(1));
    return { name: `${name}/${weight.name}`, path: place, ...declaration };
  });
}

/** The paths of a group's variables `0`, `1`, …; none where the file does not have the group. */
export function variablesIn(file: Hdf5Reader, path: string): string[] {
  const vars = path === '' ? '/vars' : `/${path}/vars`;
  if (!file.has(vars)) return [];
  const names = file.children(vars);
  const paths = Array.from({ length: names.size }, (_, i) => String(i));
  const stranger = [...names].find((name) => !paths.includes(name));
  if (stranger !== undefined) throw new FormatError('bad_name', vars.slice(1), `expected variables numbered from 0 to ${names.size - 1}, received ${JSON.stringify(stranger.slice(0, 80))}`);
  return paths.map((name) => `${vars}/${name}`);
}

/** Writes weights in Keras 3's layout, every layer with a group as Keras has it. */
export function writeStore(file: Hdf5Writer, layout: readonly LayerGroups[], layers: readonly LayerWeights[], modelName: string): void {
  const byName = new Map(layers.map(({ layer, weights }) => [layer, weights]));
  for (const { layer, groups } of layout) {
    const count = groups.reduce((sum, { weights }) => sum + weights.length, 0);
    const weights = byName.get(layer) ?? [];
    if (weights.length !== count) throw new FormatError('weight_count', layer, `expected ${count} weights of this layer, received ${weights.length}`);
    const ordered = inGroupOrder(groups, weights);
    let next = 0;
    for (const group of groups) {
      writeGroup(file, group.path, group.name, ordered.slice(next, next + group.weights.length));
      next += group.weights.length;
    }
  }
  writeGroup(file, '', modelName, []);
}

export function writeGroup(file: Hdf5Writer, path: string, name: string, variables: readonly NamedArray[]): void {
  const vars = path === '' ? '/vars' : `/${path}/vars`;
  file.group(vars);
  file.text(vars, 'name', name);
  variables.forEach(({ array }, i) => file.array(`${vars}/${i}`, array));
}
