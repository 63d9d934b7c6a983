import type { CompiledStep, Program, Runtime, StepDefinition, VariableSpec } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';

/** What a step has cost. */
export interface StepTimes {
  readonly compileMs: number;
  readonly nodes: number;
  /** One for each run that has ended, in order. */
  readonly runsMs: number[];
}

/** A runtime whose steps are timed. */
export class TimedRuntime implements Runtime {
  /** In the order in which they were compiled. */
  readonly steps: StepTimes[] = [];

  constructor(private readonly inner: Runtime) {}

  get name(): string {
    return this.inner.name;
  }

  createProgram(variables: readonly VariableSpec[]): Program {
    const program = this.inner.createProgram(variables);
    return {
      compile: (step) => this.#compile(program, step),
      declare: (added) => program.declare(added),
      release: (names) => program.release(names),
      read: (names) => program.read(names),
      write: (values) => program.write(values),
      dispose: () => program.dispose(),
    };
  }

  dispose(): void {
    this.inner.dispose();
  }

  #compile(program: Program, definition: StepDefinition): CompiledStep {
    const started = performance.now();
    const step = program.compile(definition);
    const nodes = step.nodeCount ?? 0;
    const times: StepTimes = { compileMs: performance.now() - started, nodes, runsMs: [] };
    this.steps.push(times);
    const run = async (feeds: Readonly<Record<string, NdArray>>): Promise<NdArray[]> => {
      const begun = performance.now();
      const fetched = await step.run(feeds);
      times.runsMs.push(performance.now() - begun);
      return fetched;
    };
    return { run, nodeCount: nodes, dispose: () => step.dispose() };
  }
}
