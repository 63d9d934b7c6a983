import { startTemporaryServers } from '@trainyard/cli';

/**
 * Postgres and Redis for the tests that need one: a database or a key prefix of its own for each, on servers that run
 * while the tests do. A developer's own servers are used where these variables name them.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { TRAINYARD_TEST_DATABASE_URL: database, TRAINYARD_TEST_REDIS_URL: redis, TRAINYARD_TEST_REDIS_SERVER: redisServer } = process.env;
  if (database !== undefined && redis !== undefined && redisServer !== undefined) return async () => {};
  const servers = await startTemporaryServers();
  process.env['TRAINYARD_TEST_DATABASE_URL'] = database ?? servers.databaseUrl;
  process.env['TRAINYARD_TEST_REDIS_URL'] = redis ?? servers.redisUrl;
  process.env['TRAINYARD_TEST_REDIS_SERVER'] = redisServer ?? servers.redisServer;
  return () => servers.stop();
}
