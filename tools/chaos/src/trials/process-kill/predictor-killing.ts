import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess, JobsApi } from '@trainyard/stack';
import { FEATURES } from '../../jobs/chaos-data.js';
import { duration } from '../../report/figures.js';
import type { ProcessKillContext } from './promises.js';

const calls = 5;
const answeredWithinMs = 30_000;
const instances = [Array<number>(FEATURES).fill(0.25), Array<number>(FEATURES).fill(-0.1)];

/** Kills the predictor while it predicts. */
export class PredictorKilling {
  private constructor(
    private readonly context: ProcessKillContext,
    private readonly api: JobsApi,
    private readonly predictor: AppProcess,
    private readonly job: string,
    /** What it predicts, as text. */
    private readonly expected: string,
  ) {}

  /** @param job one that has succeeded */
  static async begin(context: ProcessKillContext, api: JobsApi, predictor: AppProcess, job: string): Promise<PredictorKilling> {
    const { status, body } = await predict(api, job);
    if (status !== 200) throw new Error(`expected a prediction from ${job}, received ${status}: ${body}`);
    return new PredictorKilling(context, api, predictor, job, body);
  }

  async kill(): Promise<void> {
    const { random, say } = this.context;
    const inFlight = Array.from({ length: calls }, () => this.#call('while it was killed'));
    await sleep(random.between(0, 20));
    await this.predictor.kill();
    const statuses = [...(await Promise.all(inFlight)), await this.#call('while it was away')];
    await sleep(random.between(200, 2_000));
    await this.predictor.start();
    const { status, body } = await predict(this.api, this.job);
    this.context.promises.check('predictions', status === 200 && body === this.expected, `expected ${this.expected}, received ${status}: ${body}`, `${this.job}, after the predictor was started again`);
    say(`predict calls were answered with ${statuses.join(', ')}`);
  }

  async #call(when: string): Promise<number> {
    const started = performance.now();
    const { status, body } = await predict(this.api, this.job);
    const took = performance.now() - started;
    const right = status === 200 ? body === this.expected : status === 503;
    this.context.promises.check('predictions', right && took <= answeredWithinMs, `${status} after ${duration(took)}: ${body}`, `${this.job}, ${when}`);
    return status;
  }
}

/** The answer as text; status 0 where there was none. */
async function predict(api: JobsApi, job: string): Promise<{ status: number; body: string }> {
  try {
    const { status, body } = await api.call('POST', `/v1/jobs/${job}/predict`, { checkpoint: 'final', instances });
    return { status, body: JSON.stringify(body) };
  } catch (error) {
    return { status: 0, body: (error as Error).message };
  }
}
