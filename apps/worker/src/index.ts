export { readEnv, type StorageConfig, type WorkerEnv } from './env.js';
export { Supervisor, type SupervisorOptions } from './supervisor.js';
