/** What one look at this machine has found. */
export interface Finding {
  readonly name: string;
  /** `warning`: it works, and something may go wrong. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do; of what is well there is nothing. */
  readonly remedy?: string;
}

/** A look at one part. It throws nothing that says something of the part. */
export type Check = () => Promise<Finding>;

export const ok = (name: string, detail: string): Finding => ({ name, state: 'ok', detail });
export const warning = (name: string, detail: string, remedy: string): Finding => ({ name, state: 'warning', detail, remedy });
export const failed = (name: string, detail: string, remedy: string): Finding => ({ name, state: 'failed', detail, remedy });

/** The answer, or an error where there is none within so many milliseconds. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
