import type { Json, JsonObject } from '../json.js';
import { isJsonObject } from '../json.js';
import type { ModelDescription } from './model-description.js';

/**
 * The model as `model.to_json()` writes it: class_name, config, keras_version, backend, in the layout and escapes
 * of Python's `json.dumps`. The config stays as it was received, so it means what it meant to the Keras that wrote it.
 */
export function writeModelJson(description: ModelDescription): string {
  const source: JsonObject = isJsonObject(description.source) ? description.source : {};
  return pythonJson({
    class_name: source['class_name'] ?? description.className,
    config: source['config'] ?? null,
    keras_version: description.kerasVersion,
    backend: 'tensorflow',
  });
}

/**
 * `json.dumps(value)` of Python: a space behind `,` and `:`, ASCII only.
 * @param floats names of members whose numbers are floats: 0 is written `0.0`, which JSON itself does not tell from `0`.
 */
export function pythonJson(value: Json, floats?: ReadonlySet<string>): string {
  if (Array.isArray(value)) return `[${value.map((item) => pythonJson(item, floats)).join(', ')}]`;
  if (!isJsonObject(value)) return ascii(JSON.stringify(value));
  const members = Object.entries(value).map(([name, item]) => {
    const text = floats?.has(name) && Number.isInteger(item) && Math.abs(Number(item)) < 1e21 ? `${Number(item)}.0` : pythonJson(item, floats);
    return `${ascii(JSON.stringify(name))}: ${text}`;
  });
  return `{${members.join(', ')}}`;
}

function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
