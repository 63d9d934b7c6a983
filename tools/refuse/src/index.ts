export { readCorpus, type Corpus, type Entry, type Kind, kinds } from './corpus.js';
export { loadEntry, type Loaded } from './load/load-entry.js';
export { runCorpus, type Report } from './run-corpus.js';
