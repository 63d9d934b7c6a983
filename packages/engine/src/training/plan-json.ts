import { isJsonObject, type Json } from '@trainyard/keras-format';

import type { TrainingPlan } from './plan.js';

/** How each field of a plan is read; what is absent or unknown means what it meant before there was such a field. */
const readers: { readonly [Field in keyof Required<TrainingPlan>]: (value: Json | undefined) => TrainingPlan[Field] } = {
  stepsPerRun: (value) => (Number.isInteger(value) && Number(value) >= 1 ? Number(value) : 1),
  xla: (value) => (value === 'parts' || value === 'step' ? value : undefined),
};

/** A plan as it is stored, shown and told: its fields in snake_case, without those that are not set. */
export function planToJson(plan: TrainingPlan): Record<string, Json> {
  return Object.fromEntries(Object.entries(plan).flatMap(([name, value]) => (value === undefined ? [] : [[snakeCase(name), value as Json]])));
}

/** A plan that `planToJson` wrote, perhaps that of an older or newer version: fields that this one does not know are left out. */
export function planFromJson(json: Json): TrainingPlan {
  const stored = isJsonObject(json) ? json : {};
  const fields = Object.entries(readers).flatMap(([name, read]) => {
    const value = read(stored[snakeCase(name)]);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(fields) as TrainingPlan;
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
