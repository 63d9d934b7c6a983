/** Requests that are under way at the same time. */
const lanes = 6;

/** Does something with each item, some at the same time, and answers what was thrown. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<unknown[]> {
  const failures: unknown[] = [];
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return failures;
}
