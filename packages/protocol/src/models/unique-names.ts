/**
 * The names of a model's outputs (or inputs), each once: an output of a layer that has another one before it gets a number behind its
 * name. Models may name one layer several times; archives and signatures may not.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 1; taken.has(unique); number++) unique = `${name}_${number}`;
    taken.add(unique);
    return unique;
  });
}
