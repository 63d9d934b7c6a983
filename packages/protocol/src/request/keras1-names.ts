import type { Issue } from '../errors/api-error.js';

type Body = Record<string, unknown>;
interface Warning {
  readonly pointer: string;
  readonly detail: string;
}

/** Keras 1's name → Keras 2's. Those that counted samples are divided by the batch size, as Keras 2's own shim did. */
const renamed: Record<string, { to: string; samples?: true }> = {
  nb_epoch: { to: 'epochs' },
  samples_per_epoch: { to: 'steps_per_epoch', samples: true },
  nb_val_samples: { to: 'validation_steps', samples: true },
  max_q_size: { to: 'max_queue_size' },
  nb_worker: { to: 'workers' },
};

/** Arguments about Python processes, which there are none of. */
const withoutEffect = ['pickle_safe', 'use_multiprocessing'];

const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Rewrites Keras 1's argument names in `fit` and `fit_generator` of a job's body, and says so in warnings. The body is
 * not changed; a name that comes in both spellings is an issue.
 */
export function acceptKeras1Names(body: unknown): { body: unknown; warnings: Warning[]; issues: Issue[] } {
  if (!isObject(body)) return { body, warnings: [], issues: [] };
  const result: Body = { ...body };
  const warnings: Warning[] = [];
  const issues: Issue[] = [];
  for (const section of ['fit', 'fit_generator']) {
    const value = body[section];
    if (isObject(value)) result[section] = modernize(section, value, warnings, issues);
  }
  return { body: result, warnings, issues };
}

function modernize(section: string, from: Body, warnings: Warning[], issues: Issue[]): Body {
  const result: Body = {};
  for (const [name, value] of Object.entries(from)) {
    const pointer = `/${section}/${name}`;
    const rule = Object.hasOwn(renamed, name) ? renamed[name] : undefined;
    if (section === 'fit_generator' && withoutEffect.includes(name)) {
      warnings.push({ pointer, detail: `${name} has no effect: data is read ahead without Python processes` });
    } else if (rule === undefined || (section === 'fit' && name !== 'nb_epoch')) {
      result[name] = value;
    } else if (Object.hasOwn(from, rule.to)) {
      issues.push({ pointer, code: 'invalid_value', detail: `expected either ${name} or ${rule.to}, received both` });
    } else {
      const batchSize = typeof from['batch_size'] === 'number' ? from['batch_size'] : 32;
      result[rule.to] = rule.samples === true && typeof value === 'number' ? Math.ceil(value / batchSize) : value;
      const how = rule.samples === true ? ` (batches of ${batchSize}, not samples)` : '';
      warnings.push({ pointer, detail: `${name} is Keras 1's name: read as ${rule.to}${how}` });
    }
  }
  return result;
}
