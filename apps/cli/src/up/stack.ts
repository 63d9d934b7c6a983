import { Service, type ServiceSpec } from './service.js';
import { Watchdog, type Layer } from './watchdog.js';

/** The processes of one `trainyard up`: started in layers, stopped in the opposite order. */
export class Stack {
  readonly #watchdog = new Watchdog();
  readonly #layers: Record<Layer, Service[]> = { apps: [], servers: [] };
  readonly #starting = new Set<Promise<void>>();
  readonly #notify: (line: string) => void;
  #stopped: Promise<void> | undefined;

  constructor(notify: (line: string) => void) {
    this.#notify = notify;
  }

  /**
   * Starts a process and waits until it serves.
   *
   * @throws UserError when it does not start, or when everything is being stopped.
   */
  async start(spec: ServiceSpec): Promise<Service> {
    const service = new Service(spec, this.#watchdog, this.#notify);
    if (this.#stopped !== undefined) throw new Error('everything is being stopped');
    this.#layers[spec.layer].push(service);
    const starting = service.start();
    this.#starting.add(starting);
    try {
      await starting;
    } finally {
      this.#starting.delete(starting);
    }
    return service;
  }

  /** Stops every process in order. Calling it again waits for the same stop. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopLayers();
    return this.#stopped;
  }

  /** Kills every process at once. */
  kill(): void {
    for (const service of [...this.#layers.apps, ...this.#layers.servers]) service.kill();
  }

  async #stopLayers(): Promise<void> {
    await Promise.all(this.#layers.apps.map((service) => service.stop()));
    await Promise.all(this.#layers.servers.map((service) => service.stop()));
    // A process may have been on its way while its service was stopped: it is ended as soon as it is there.
    await Promise.allSettled(this.#starting);
    await this.#watchdog.close();
  }
}
