import type { CompiledStep, Runtime } from '../runtime/runtime.js';
import { withCompile } from './with-compile.js';

/** A runtime whose steps that XLA is to compile fail at their first run, as TensorFlow's do where XLA cannot. */
export function withoutXla(runtime: Runtime): Runtime {
  const failing: CompiledStep = { run: () => Promise.reject(new Error('no XLA here')), dispose: () => undefined };
  return withCompile(runtime, (program, step) => (step.xla ? failing : program.compile(step)));
}
