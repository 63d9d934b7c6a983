/** A page of the guide: `docs/<name>.md`, served as `/guide/<name>`. */
export interface ContentsEntry {
  readonly name: string;
  /** In the navigation. */
  readonly label: string;
  /** What a reader finds there, on the guide's first page. */
  readonly about: string;
}

export interface ContentsGroup {
  readonly title: string;
  readonly pages: readonly ContentsEntry[];
}

/** The page that is made of the OpenAPI document; every other one is a file. */
export const referencePage = 'reference';

const page = (name: string, label: string, about: string): ContentsEntry => ({ name, label, about });

/** What the guide is made of, in the order in which it is read. A test compares it with docs/. */
export const contents: readonly ContentsGroup[] = [
  {
    title: 'Begin',
    pages: [
      page('tutorial', 'Tutorial', 'In ten minutes from a Keras script to a served model'),
      page('first-steps', 'First steps', 'The two commands of the beginning, and how long each takes'),
      page('how-to', 'How to', 'Each worked case of Keras’s guides: the code, the job, what differs'),
      page('keras', 'Keras to Trainyard', 'Every argument: supported, different, or refused'),
    ],
  },
  {
    title: 'Use',
    pages: [
      page('data', 'Data', 'Formats, sources, transforms'),
      page('python', 'Python', 'Training the live model that you have in your hands'),
      page('cli', 'Command line', 'The command trainyard'),
      page('serving', 'Serving', 'Models under names of yours, by the protocols of other servers'),
      page('predictors', 'Predictors', 'Batching, limits, several predictors'),
      page('dashboard', 'Web page', 'Jobs, curves and predictions in a browser'),
    ],
  },
  {
    title: 'Look up',
    pages: [
      page('api', 'HTTP API', 'What a job is made of, what can be asked'),
      page(referencePage, 'Reference', 'Every route and every field, made of the schemas that the server checks by'),
      page('errors', 'Errors', 'Every code, and what to do'),
      page('supported', 'Supported', 'Layers, losses, metrics, optimizers, callbacks'),
      page('glossary', 'Glossary', 'What words mean here'),
    ],
  },
  {
    title: 'Run',
    pages: [
      page('operations', 'Operations', 'Sizing, several machines, GPUs, backup, upgrade, variables'),
      page('engine', 'Engine', 'How training is computed, and how closely it follows Keras'),
      page('benchmarks', 'Benchmarks', 'How fast, beside Keras and other servers, and how to repeat it'),
      page('reliability', 'Reliability', 'What becomes of jobs when things fail, and how often that was tried'),
    ],
  },
];

export const contentsPages: readonly ContentsEntry[] = contents.flatMap(({ pages }) => pages);
