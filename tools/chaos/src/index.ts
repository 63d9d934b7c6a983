export { rightCalls } from './hostile-bodies/right-calls.js';
export { callText, sendHostileCalls } from './hostile-bodies/send.js';
export { main } from './main.js';
export { Random } from './random.js';
