import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess } from '@trainyard/stack';
import { plainJob } from '../../jobs/plain-job.js';
import type { Recorder } from '../../site/recorder.js';
import type { ProcessKillContext } from './promises.js';

const posts = 5;

/** Kills an API while it answers POSTs, and repeats them until all are acknowledged: by the other one, or by itself once it is back. */
export class ApiKilling {
  constructor(
    private readonly context: ProcessKillContext,
    private readonly apis: readonly AppProcess[],
    private readonly recorder: Recorder,
  ) {}

  async kill(): Promise<void> {
    const { random, say } = this.context;
    const victim = random.pick(this.apis);
    const request = plainJob(1);
    const keys = Array.from({ length: posts }, () => randomUUID());
    const inFlight = keys.map((key) => this.recorder.post(request, key, victim.url));
    await sleep(random.between(0, 60));
    await victim.kill();
    const answers = await Promise.all(inFlight);
    const again = keys.map((key) => this.recorder.submit(request, key));
    await sleep(random.between(200, 2_000));
    await victim.start();
    await Promise.all(again);
    say(`${answers.filter(({ id }) => id !== undefined).length} of ${posts} POSTs were acknowledged before the API was killed, the others afterwards`);
  }
}
