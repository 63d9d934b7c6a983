import type { ModelProgram } from '@trainyard/engine';

/** Does something that moves the states of stateful layers on, and puts them back: for looks at a training from beside. */
export async function keepStates<T>(program: ModelProgram, action: () => Promise<T>): Promise<T> {
  const names = program.states.map(({ name }) => name);
  if (names.length === 0) return action();
  const before = await program.read(names);
  try {
    return await action();
  } finally {
    await program.write(new Map(before.map((state, i) => [names[i] ?? '', state])));
  }
}
