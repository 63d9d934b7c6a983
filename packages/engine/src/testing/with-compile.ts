import type { CompiledStep, Program, Runtime, StepDefinition } from '../runtime/runtime.js';

/** A runtime that compiles steps in another way. */
export function withCompile(runtime: Runtime, compile: (program: Program, step: StepDefinition) => CompiledStep): Runtime {
  return {
    name: runtime.name,
    createProgram: (variables): Program => {
      const program = runtime.createProgram(variables);
      return {
        compile: (step) => compile(program, step),
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
