import type { LayerDescription, ModelDescription } from '@trainyard/keras-format';
import { jsonPointer, type Issue, type JsonObject } from '@trainyard/protocol';

/** What `trainable` of a request makes of an architecture: a copy, with `trainable` set in the layers' configs. */
export interface TrainableResult {
  readonly architecture: JsonObject;
  readonly issues: readonly Issue[];
}

/**
 * Freezes and unfreezes layers by name or glob, those of nested models too. A nested model's own flag is not in Keras's
 * JSON, so a rule for it sets all layers inside; later rules win.
 */
export function applyTrainable(architecture: JsonObject, description: ModelDescription, rules: Readonly<Record<string, boolean>>): TrainableResult {
  if (Object.keys(rules).length === 0) return { architecture, issues: [] };
  const copy = structuredClone(architecture);
  const issues: Issue[] = [];
  for (const [pattern, trainable] of Object.entries(rules)) {
    const matches = namesLike(pattern);
    if (setMatching(copy, description, matches, trainable) === 0)
      issues.push({ pointer: jsonPointer(['trainable', pattern]), code: 'not_found', detail: `no layer of the model has a name like "${pattern}"` });
  }
  return { architecture: copy, issues };
}

/** `*` stands for any characters, `?` for one. */
function namesLike(pattern: string): (name: string) => boolean {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
}

function setMatching(root: JsonObject, model: ModelDescription, matches: (name: string) => boolean, trainable: boolean): number {
  let count = 0;
  for (const layer of model.layers) {
    if (matches(layer.name)) {
      setLayer(root, layer, trainable);
      count++;
    } else if (layer.model !== undefined) {
      count += setMatching(root, layer.model, matches, trainable);
    }
  }
  return count;
}

function setLayer(root: JsonObject, layer: LayerDescription, trainable: boolean): void {
  for (const inner of layer.model?.layers ?? []) setLayer(root, inner, trainable);
  if (layer.wrapped !== undefined) setLayer(root, layer.wrapped, trainable);
  if (layer.model === undefined) configAt(root, `${layer.pointer}/config`)['trainable'] = trainable;
}

/** The parser found it there. */
function configAt(root: JsonObject, pointer: string): JsonObject {
  const segments = pointer.split('/').slice(1).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return segments.reduce((value, segment) => value[segment] as JsonObject, root);
}
