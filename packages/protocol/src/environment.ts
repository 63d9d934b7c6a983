/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where `trainyard up --tensorboard` puts TensorBoard, below the cache; its version is in the name. */
export const fetchedTensorBoard = 'tensorboard-2.20.0';

/** The value of a variable. An empty one means the same as none: that is how compose files and shells unset one. */
export function textVariable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** @throws Error naming the variable that has no value. */
export function requiredVariable(env: Environment, name: string): string {
  const value = textVariable(env, name);
  if (value === undefined) throw new Error(`${name}: expected a value in the environment, found none`);
  return value;
}

/** @throws Error naming the variable, what was expected and what was received. */
export function integerVariable(env: Environment, name: string, otherwise: number, { min, max }: { min: number; max: number }): number {
  const given = textVariable(env, name);
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name}: expected an integer from ${min} to ${max}, received ${JSON.stringify(given)}`);
  return value;
}
