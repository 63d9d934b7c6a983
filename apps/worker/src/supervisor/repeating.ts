/** Does something again and again, with a rest in between that can be cut short. */
export class Repeating {
  #loop: Promise<void> | undefined;
  #closed = false;
  #hurried = false;
  #wake: () => void = () => undefined;

  /** @param action must not throw. */
  constructor(
    private readonly everyMs: number,
    private readonly action: () => Promise<void>,
  ) {}

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Does it soon: there is something to be done. */
  hurry(): void {
    this.#hurried = true;
    this.#wake();
  }

  /** Waits for the action under way, and begins no more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#hurried = false;
      await this.action();
      if (!this.#hurried && !this.#closed) await this.#rest();
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.everyMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
