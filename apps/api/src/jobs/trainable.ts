import { setTrainable, type ModelDescription } from '@trainyard/keras-format';
import { jsonPointer, type Issue, type JsonObject } from '@trainyard/protocol';

/** What `trainable` of a request makes of an architecture: a copy, with `trainable` set in the layers' configs. */
export interface TrainableResult {
  readonly architecture: JsonObject;
  readonly issues: readonly Issue[];
}

/** Freezes and unfreezes layers by name or glob; a name that no layer has is an issue. */
export function applyTrainable(architecture: JsonObject, description: ModelDescription, rules: Readonly<Record<string, boolean>>): TrainableResult {
  if (Object.keys(rules).length === 0) return { architecture, issues: [] };
  const { source, unmatched } = setTrainable(architecture, description, rules);
  const issues = unmatched.map((pattern): Issue => ({ pointer: jsonPointer(['trainable', pattern]), code: 'not_found', detail: `no layer of the model has a name like "${pattern}"` }));
  return { architecture: source, issues };
}
