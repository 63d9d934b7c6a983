import { checkSource, DataError } from '@trainyard/dataset';
import { buildModel, callbackDefinitions, checkSize, compileModel, createCallbacks, type CompiledModel, type Model, weightRefsInside } from '@trainyard/engine';
import { FormatError, parseModel } from '@trainyard/keras-format';
import { jsonPointer, type Compile, type ErrorCode, type Issue, type JobRequest, type JsonObject, type Source, type Warning } from '@trainyard/protocol';
import { modelIssue } from './read-saved-model.js';
import type { ResolvedRequest } from './resolve-request.js';
import { applyTrainable } from './trainable.js';

export interface CheckedJob {
  readonly model: Model | undefined;
  /** With the request's `trainable` applied. */
  readonly architecture: JsonObject;
  readonly compile: Compile | undefined;
  readonly compiled: CompiledModel | undefined;
  readonly issues: readonly Issue[];
  /** The code of a refusal for these issues. */
  readonly code: ErrorCode;
  readonly warnings: readonly Warning[];
}

/**
 * Checks all of a job that can be checked without its data, and allocates nothing: the model's layers and shapes, what
 * compile names, how the sources bind to inputs and outputs.
 */
export function validateJob(request: JobRequest, resolved: ResolvedRequest): CheckedJob {
  const { architecture, issues: trainableIssues } = applyTrainable(resolved.architecture, resolved.description, request.trainable);
  const compile = request.compile ?? resolved.compile;
  const model = attempt(() => buildModel(Object.keys(request.trainable).length === 0 ? resolved.description : parseModel(architecture)), modelFault);
  const base = { architecture, compile };
  if (!model.ok) return { ...base, model: undefined, compiled: undefined, issues: [...trainableIssues, model.issue], code: 'model_invalid', warnings: resolved.warnings };

  const found: { issue: Issue; code: ErrorCode }[] = trainableIssues.map((issue) => ({ issue, code: 'invalid_request' }));
  const size = attempt(() => checkSize(model.value), modelFault);
  if (!size.ok) found.push({ issue: size.issue, code: 'model_invalid' });
  const compiled = compile === undefined ? undefined : attempt(() => compileModel(model.value, compile as Parameters<typeof compileModel>[1]), compileFault);
  if (compiled === undefined) found.push({ issue: { pointer: '/compile', code: 'required', detail: 'is required, since the model does not come with one' }, code: 'invalid_request' });
  else if (!compiled.ok) found.push({ issue: compiled.issue, code: 'compile_invalid' });
  found.push(...dataIssues(resolved, model.value).map((issue) => ({ issue, code: 'data_invalid' as const })));
  found.push(...intoIssues(request, model.value).map((issue) => ({ issue, code: 'invalid_request' as const })));
  found.push(...callbackIssues(request).map((issue) => ({ issue, code: 'invalid_request' as const })));

  const codes = new Set(found.map(({ code }) => code));
  const [only = 'invalid_request'] = codes;
  const warnings = [...resolved.warnings, ...(compiled?.ok === true ? monitorWarnings(request, compiled.value) : [])];
  return { ...base, model: model.value, compiled: compiled?.ok === true ? compiled.value : undefined, issues: found.map(({ issue }) => issue), code: codes.size === 1 ? only : 'invalid_request', warnings };
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issue: Issue };

function attempt<T>(use: () => T, describe: (error: FormatError) => Issue): Attempt<T> {
  try {
    return { ok: true, value: use() };
  } catch (error) {
    if (error instanceof FormatError) return { ok: false, issue: describe(error) };
    throw error;
  }
}

const modelFault = (error: FormatError): Issue => modelIssue(error);
const compileFault = (error: FormatError): Issue => ({ pointer: error.pointer, code: 'compile_invalid', detail: error.problem });

function dataIssues({ data }: ResolvedRequest, model: Model): Issue[] {
  const names = { inputs: model.inputs.map(({ name }) => name), outputs: model.outputs.map(({ name }) => name) };
  const sources: [string, Source | null][] = [['train', data.train], ['validation', data.validation]];
  return sources.flatMap(([role, source]) => {
    if (source === null) return [];
    try {
      checkSource(source, names);
      return [];
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      const detail = error.message.slice(`${error.place}: `.length);
      return [{ pointer: `/data/${role}${error.pointer ?? ''}`, code: 'data_invalid', detail }];
    }
  });
}

/** `into` of weights names a layer, at any depth. */
function intoIssues({ weights = [] }: JobRequest, model: Model): Issue[] {
  return [weights].flat().flatMap(({ into }, index) => {
    if (into === null || weightRefsInside(model, into)) return [];
    const place = Array.isArray(weights) ? ['weights', index, 'into'] : ['weights', 'into'];
    return [{ pointer: jsonPointer(place), code: 'not_found', detail: `no layer of the model has the name "${into}"` }];
  });
}

/** What the engine's callbacks say to their arguments, a file name's template for instance. */
function callbackIssues({ callbacks }: JobRequest): Issue[] {
  const known = new Set(callbackDefinitions.map(({ className }) => className));
  const nobody = { saveCheckpoint: () => Promise.resolve(), warn: () => undefined, log: () => undefined };
  return callbacks.flatMap((callback, index) => {
    if (!known.has(callback.class_name)) return [];
    const result = attempt(
      () => createCallbacks([callback as JsonObject], nobody),
      (error) => ({ pointer: error.pointer.replace(/^\/callbacks\/0/, `/callbacks/${index}`), code: 'invalid_value', detail: error.problem }),
    );
    return result.ok ? [] : [result.issue];
  });
}

/** A callback that watches a metric which no epoch will have does nothing, in Keras as here: better told beforehand. */
function monitorWarnings({ callbacks, data, fit }: JobRequest, { metricsNames }: CompiledModel): Warning[] {
  const validates = data.validation !== undefined || (fit?.validation_split ?? 0) > 0;
  const names = new Set([...metricsNames, ...(validates ? metricsNames.map((name) => `val_${name}`) : []), 'lr']);
  return callbacks.flatMap((callback, index) => {
    if (!('monitor' in callback.config) || names.has(callback.config.monitor)) return [];
    if (callback.class_name === 'ModelCheckpoint' && !callback.config.save_best_only) return []; // it saves all the same
    const pointer = jsonPointer(['callbacks', index, 'config', 'monitor']);
    return [{ pointer, detail: `no epoch will have "${callback.config.monitor}"; there are ${[...names].join(', ')}` }];
  });
}
