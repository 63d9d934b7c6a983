import type { FastifyRequest } from 'fastify';

/** Whether an answer is for one who looks at it, as browsers say of pages. */
export const wantsPage = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean => (headers.accept ?? '').includes('text/html');
