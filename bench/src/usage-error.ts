/** An option that the benchmark does not understand: shown as its message alone. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
