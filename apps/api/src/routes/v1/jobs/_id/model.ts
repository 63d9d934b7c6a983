import { summaryText } from '@trainyard/engine';
import { writeModelJson } from '@trainyard/keras-format';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';
import { readJobModel } from '../../../../jobs/read-model.js';

const Query = z.strictObject({
  format: z.enum(['json', 'summary', 'config']).default('json').meta({ description: 'to_json(), the text of summary(), or get_config()' }),
});

export function addModel(app: App, deps: Deps): void {
  const schema = { tags: ['models'], summary: 'The model of a job', params: JobParams, querystring: Query };
  app.get('/v1/jobs/:id/model', { config: { scope: 'read' }, schema }, async (request, reply) => {
    const { description, model } = await readJobModel(deps, await loadJob(deps, request));
    switch (request.query.format) {
      case 'json':
        return reply.type('application/json').serializer((text) => text as string).send(writeModelJson(description));
      case 'summary':
        return reply.type('text/plain; charset=utf-8').send(summaryText(model));
      case 'config':
        return reply.send((description.source as { config: unknown }).config);
    }
  });
}
