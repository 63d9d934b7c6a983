import { at, isJsonObject, type Json, type JsonObject } from '../json.js';
import type { LayerDescription, ModelDescription } from './model-description.js';

/**
 * Freezes and unfreezes layers of a model's JSON by name or glob (`*`: any characters, `?`: one), those inside nested models
 * and wrappers too. A rule for a nested model or a wrapper holds for all layers inside it: Keras 2.0 keeps no flag of a nested
 * model in its files, and gives a wrapper's none effect. Rules are applied in order, so later ones win.
 * @param description what `source` was parsed to.
 * @returns a copy of `source` with `trainable` set in the layers' configs, and the patterns that no layer has a name like.
 */
export function setTrainable(source: JsonObject, description: ModelDescription, rules: Readonly<Record<string, boolean>>): { source: JsonObject; unmatched: string[] } {
  const copy = structuredClone(source);
  const unmatched = Object.entries(rules).flatMap(([pattern, trainable]) => {
    const matched = matching(description, namesLike(pattern));
    for (const layer of matched) set(copy, layer, trainable);
    return matched.length === 0 ? [pattern] : [];
  });
  return { source: copy, unmatched };
}

function namesLike(pattern: string): (name: string) => boolean {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
}

/** The outermost layers with such names. */
function matching(model: ModelDescription, matches: (name: string) => boolean): LayerDescription[] {
  const within = (layer: LayerDescription): LayerDescription[] => {
    if (matches(layer.name)) return [layer];
    if (layer.model) return matching(layer.model, matches);
    return layer.wrapped ? within(layer.wrapped) : [];
  };
  return model.layers.flatMap(within);
}

function set(root: JsonObject, layer: LayerDescription, trainable: boolean): void {
  for (const inner of layer.model?.layers ?? []) set(root, inner, trainable);
  if (layer.wrapped) set(root, layer.wrapped, trainable);
  const config = valueAt(root, at(layer.pointer, 'config'));
  // A nested Sequential's may be a list; later versions keep a nested model's own flag.
  if (isJsonObject(config) && (!layer.model || 'trainable' in config)) config['trainable'] = trainable;
}

function valueAt(root: JsonObject, pointer: string): Json | undefined {
  const segments = pointer.split('/').slice(1).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return segments.reduce<Json | undefined>((value, segment) => (Array.isArray(value) ? value[Number(segment)] : isJsonObject(value) ? value[segment] : undefined), root);
}
