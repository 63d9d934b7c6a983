import { ApiError, TensorBoardPage } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { sendProblem, toApiError } from '../../../../http/problems.js';
import { renderMarkdown } from '../../../../http/render-markdown.js';
import { wantsPage } from '../../../../http/wants-page.js';
import { trainingOf } from '../../../../jobs/load-job.js';
import { keyCookie } from '../../../../plugins/request-key.js';
import { proxy } from '../../../../tensorboard/proxy.js';
import type { RunningTensorBoard } from '../../../../tensorboard/running.js';

const mostJobs = 20;
const Params = z.object({ id: z.string().max(2_000).meta({ description: 'Id of a job, or of several, separated by commas' }) });
const PageParams = Params.extend({ '*': z.string() });

/**
 * TensorBoard itself over the event files of a job, or of several, as they come. Browsers send no header of ours when they
 * load a page: POST answers with the request's key as a cookie for this page alone, and the page's own requests carry it.
 */
export function addTensorBoardUi(app: App, deps: Deps): void {
  const open = (request: FastifyRequest & { params: { id: string } }): Promise<RunningTensorBoard> => openFor(deps, request);
  const schema = {
    tags: ['results'],
    summary: 'Open TensorBoard over the event files of a job, or of several',
    description: 'Answers where the page is, and sets the cookie that opens it in a browser.',
    params: Params,
    response: { 200: TensorBoardPage },
  };
  app.post('/v1/jobs/:id/tensorboard/ui', { config: { scope: 'read' }, schema }, async (request, reply) => {
    await open(request);
    const cookie = keyCookie(request);
    if (cookie !== undefined) void reply.header('set-cookie', cookie);
    // The path as it was asked for: the cookie is for what begins so, letter by letter.
    const [path = ''] = request.url.split('?', 1);
    return { object: 'tensorboard' as const, url: `${path}/` };
  });

  void app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers(); // bodies are TensorBoard's to read
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, request, reply) => sendPageProblem(error, request, reply));
    const page = { config: { scope: 'read' as const, cookie: true }, schema: { hide: true, params: Params } };
    // Its files are found relative to the page.
    scope.get('/v1/jobs/:id/tensorboard/ui', page, async (_request, reply) => reply.redirect('ui/', 308));
    scope.route({
      ...page,
      method: ['GET', 'POST'],
      url: '/v1/jobs/:id/tensorboard/ui/*',
      schema: { hide: true, params: PageParams },
      handler: async (request, reply) => {
        const { url } = await open(request);
        const target = new URL(url);
        // Set, and not resolved: a path that begins with // would lead to another host.
        target.pathname = `/${request.params['*'].split('/').map(encodeURIComponent).join('/')}`;
        const query = request.url.indexOf('?');
        target.search = query < 0 ? '' : request.url.slice(query);
        return proxy(request, reply, target);
      },
    });
  });
}

async function openFor(deps: Deps, request: FastifyRequest & { params: { id: string } }): Promise<RunningTensorBoard> {
  const ids = [...new Set(request.params.id.split(','))];
  if (ids.length > mostJobs) throw new ApiError('invalid_parameter', `expected at most ${mostJobs} jobs, received ${ids.length}`);
  return deps.tensorBoards.of(await Promise.all(ids.map((id) => trainingOf(deps, request.projectId, id))));
}

/** For a browser, what is to be done instead as a page. */
function sendPageProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, status, detail } = toApiError(error);
  const isPage = wantsPage(request);
  const text = code === 'unauthenticated' ? logIn : code === 'tensorboard_unavailable' || code === 'too_large' ? downloads(detail) : undefined;
  if (!isPage || text === undefined) return sendProblem(error, request, reply);
  return reply.code(status).headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': request.id }).serializer(String).send(renderMarkdown(text, 'TensorBoard'));
}

const logIn = `# TensorBoard

This page needs an API key, which the browser sends once it has been opened from the web page of this server: open the job there, and follow its link to TensorBoard.`;

const downloads = (detail: string): string => `# TensorBoard

${detail}.

\`\`\`
pip install tensorboard
curl -H "Authorization: Bearer $TRAINYARD_API_KEY" -o logs.tar "$TRAINYARD_URL/v1/jobs/JOB/tensorboard?format=tar"
mkdir logs && tar -xf logs.tar -C logs && tensorboard --logdir logs
\`\`\`

Operators: \`trainyard up --tensorboard\` fetches it for this page; elsewhere \`TRAINYARD_TENSORBOARD\` says where it is.`;
