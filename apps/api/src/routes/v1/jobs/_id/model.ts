import { summaryText } from '@trainyard/engine';
import { writeModelJson, writeModelYaml } from '@trainyard/keras-format';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { forKeras3 } from '../../../../jobs/for-keras3.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';
import { readJobModel } from '../../../../jobs/read-model.js';

const Query = z.strictObject({
  format: z.enum(['json', 'yaml', 'summary', 'config']).default('json').meta({ description: 'to_json(), to_yaml(), the text of summary(), or get_config()' }),
  keras: z.enum(['2', '3']).optional().meta({ description: 'The major version of Keras that is to read it. Default: the one that wrote the model' }),
});

export function addModel(app: App, deps: Deps): void {
  const schema = { tags: ['models'], summary: 'The model of a job', params: JobParams, querystring: Query };
  app.get('/v1/jobs/:id/model', { config: { scope: 'read' }, schema }, async (request, reply) => {
    const { description, model } = await readJobModel(deps, await loadTraining(deps, request));
    const { format, keras } = request.query;
    const options = keras === undefined ? {} : { keras: keras === '2' ? (2 as const) : (3 as const) };
    const json = () => forKeras3(() => writeModelJson(description, options));
    switch (format) {
      case 'json':
        return reply.type('application/json').serializer((text) => text as string).send(json());
      case 'yaml':
        return reply.type('application/yaml; charset=utf-8').send(forKeras3(() => writeModelYaml(description, options)));
      case 'summary':
        return reply.type('text/plain; charset=utf-8').send(summaryText(model));
      case 'config':
        return reply.send((JSON.parse(json()) as { config: unknown }).config);
    }
  });
}
