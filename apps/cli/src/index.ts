export { findRedisServer, startTemporaryServers, type TemporaryServers } from './up/embedded-servers.js';
export { startOwnPostgres, type OwnPostgres } from './up/own-postgres.js';
