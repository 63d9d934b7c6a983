/** An error together with the part of the job's request that it is about. */
export class PlacedError extends Error {
  override readonly name = 'PlacedError';
  constructor(
    /** JSON pointer into the request: `/model`, `/data/train`, `/weights/0`. */
    readonly pointer: string,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Does something that is about a part of the request, so that its errors point there. */
export async function inPart<T>(pointer: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof PlacedError ? error : new PlacedError(pointer, error);
  }
}
