export { startTemporaryServers, type TemporaryServers } from './up/embedded-servers.js';
