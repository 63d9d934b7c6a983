import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint, ModelResource } from '@trainyard/protocol';
import { expectOk, type JobsApi } from '@trainyard/stack';
import type { PredictionsContext } from './promises.js';

const everyMs = 2_000;
/** Five seconds that an API may believe what it knew, and a second for the call itself. */
const seenElsewhereWithinMs = 6_000;

export const aliases = ['steady', 'moving', 'split'] as const;

/** Moves aliases from checkpoint to checkpoint while they are asked. */
export class MovingAliases {
  #running = true;
  moves = 0;

  constructor(
    private readonly context: PredictionsContext,
    private readonly apis: readonly JobsApi[],
    private readonly job: string,
  ) {}

  /** Sets all of them, for the first time. */
  async begin(): Promise<void> {
    const { id } = this.context.random.pick(await this.#checkpoints());
    for (const name of aliases) await this.#set(this.#api, name, { job: this.job, checkpoint: id });
  }

  async keepMoving(): Promise<void> {
    while (this.#running) {
      await sleep(everyMs);
      const { random } = this.context;
      const all = await this.#checkpoints();
      const target = () => ({ job: this.job, checkpoint: random.pick(all).id });
      await this.#set(this.#api, 'split', { split: [{ ...target(), weight: 3 }, { ...target(), weight: 1 }] });
      const [here, elsewhere] = random.shuffled(this.apis) as [JobsApi, JobsApi];
      const { version } = await this.#set(here, 'moving', target());
      const movedAt = performance.now();
      this.moves += 2;
      await this.#expectVersion(here, version, 'where it was moved');
      while (performance.now() < movedAt + seenElsewhereWithinMs && (await versionOf(elsewhere)) !== version) await sleep(200);
      await this.#expectVersion(elsewhere, version, 'at another API');
    }
  }

  stop(): void {
    this.#running = false;
  }

  get #api(): JobsApi {
    return this.context.random.pick(this.apis);
  }

  async #checkpoints(): Promise<Checkpoint[]> {
    return this.#api.checkpoints(this.job);
  }

  async #set(api: JobsApi, name: (typeof aliases)[number], body: object): Promise<ModelResource> {
    return expectOk(await api.call<ModelResource>('PUT', `/v1/models/${name}`, body));
  }

  async #expectVersion(api: JobsApi, version: number, where: string): Promise<void> {
    const answered = await versionOf(api);
    this.context.promises.check('moved', answered === version, `expected version ${version} of "moving", received ${answered}`, where);
  }
}

/** Of the version that answers as an API knows it: its metadata go the way of predict calls. */
async function versionOf(api: JobsApi): Promise<number> {
  return Number((await api.get<{ model_spec: { version: string } }>('/v1/models/moving/metadata')).model_spec.version);
}
