import { randomUUID } from 'node:crypto';
import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { plainJob } from '../jobs/plain-job.js';
import { inLanes } from '../lanes.js';
import { countFigure, duration, durationFigure, textFigure, type Figure } from '../report/figures.js';
import { Recorder } from '../site/recorder.js';
import type { Site } from '../site/site.js';
import { defineTrial, type TrialContext } from './trial.js';

const promises = {
  acknowledged: 'a POST is acknowledged, or refused for the moment with 503 and acknowledged when it is repeated',
  once: 'a POST repeated with its Idempotency-Key is answered with the same job, by whichever process',
  stored: 'there is one job for each key, no more and no less',
  mismatch: 'the same key with another body is refused with 422',
} as const;

const posts = 1000;

export const idempotency = defineTrial({
  name: 'idempotency',
  title: `${posts} POSTs at once to two API processes, a third of them repetitions with the same Idempotency-Key`,
  load: 'exact',
  counts: { full: 1, short: 1 },
  promises,
  run: (context) => context.sites.with({}, (site) => postAtOnce(context, site)),
});

async function postAtOnce({ random, promises: kept }: TrialContext<keyof typeof promises>, site: Site): Promise<Figure[]> {
  const urls = (await Promise.all([site.processes.startApi(), site.processes.startApi()])).map(({ url }) => url);
  await uploadChaosData(new JobsApi(urls[0] ?? ''));
  const recorder = new Recorder(urls, random);
  const firsts = Array.from({ length: Math.ceil((posts * 2) / 3) }, () => randomUUID());
  const keys = random.shuffled([...firsts, ...Array.from({ length: posts - firsts.length }, () => random.pick(firsts))]);
  const started = performance.now();
  const answers = await Promise.all(keys.map((key) => recorder.post(plainJob(1), key)));
  const took = performance.now() - started;

  for (const [i, { status, problem }] of answers.entries()) kept.check('acknowledged', status === 202 || status === 503, `status ${status}: ${problem}`, `POST with Idempotency-Key ${keys[i]}`);
  const refused = keys.filter((_, i) => answers[i]?.status !== 202);
  await inLanes(8, refused, (key) => recorder.submit(plainJob(1), key));
  kept.nothing('once', recorder.contradictions(), 'answers');
  kept.nothing('stored', await recorder.findLost(site.sql), 'table jobs');
  kept.check('stored', recorder.jobs.length === firsts.length, `${recorder.jobs.length} jobs for ${firsts.length} keys`, 'answers');
  for (const key of firsts.slice(0, 10)) {
    const { status, problem } = await recorder.post(plainJob(2), key);
    kept.check('mismatch', status === 422, `status ${status}: ${problem}`, `POST with Idempotency-Key ${key} and another body`);
  }
  return [countFigure('POSTs', posts), countFigure('jobs', firsts.length), countFigure('refused for the moment with 503', refused.length), textFigure('until all were answered', duration(took)), durationFigure('an answer', answers.map(({ tookMs }) => tookMs))];
}
