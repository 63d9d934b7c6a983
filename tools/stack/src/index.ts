export { AppProcess, type AppName, type AppOptions } from './app-process.js';
export { network, smallJob, twoClasses, uploadTwoClasses } from './example-jobs.js';
export { expectOk, JobsApi, type Answer } from './jobs-api.js';
export { Processes } from './processes.js';
export { removeFolder } from './remove-folder.js';
export { Stack } from './stack.js';
export { openTcpProxy, type TcpProxy } from './tcp-proxy.js';
export { waitFor, type Patience } from './wait-for.js';
