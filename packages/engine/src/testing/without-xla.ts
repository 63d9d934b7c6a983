import type { CompiledStep, Program, Runtime, StepDefinition } from '../runtime/runtime.js';

/** A runtime whose steps that XLA is to compile fail at their first run, as TensorFlow's do where XLA cannot. */
export function withoutXla(runtime: Runtime): Runtime {
  const failing: CompiledStep = { run: () => Promise.reject(new Error('no XLA here')), dispose: () => undefined };
  return {
    name: runtime.name,
    createProgram: (variables): Program => {
      const program = runtime.createProgram(variables);
      return {
        compile: (step: StepDefinition) => (step.xla ? failing : program.compile(step)),
        declare: (added) => program.declare(added),
        release: (names) => program.release(names),
        read: (names) => program.read(names),
        write: (values) => program.write(values),
        dispose: () => program.dispose(),
      };
    },
    dispose: () => runtime.dispose(),
  };
}
