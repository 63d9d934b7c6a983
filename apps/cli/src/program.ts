import type { CheckpointFormat } from '@trainyard/client';
import { JobKind } from '@trainyard/protocol';
import { Argument, Command, Option } from 'commander';
import { compare, type CompareOptions } from './commands/compare.js';
import { cancel, continueJob, pause, requeue, stop, type Told } from './commands/control.js';
import { inspectData, listData, type InspectOptions } from './commands/data/inspect-data.js';
import { uploadData } from './commands/data/upload-data.js';
import { doctor } from './commands/doctor.js';
import { evaluate, predictSource, type InferOptions } from './commands/infer.js';
import { history, logs, model, type ModelOptions, ps, status } from './commands/inspect.js';
import { createKey, prepare } from './commands/prepare.js';
import { download, predict, type PredictOptions } from './commands/results.js';
import { models, rollBack, serve } from './commands/serve.js';
import { sweep, type SweepCommandOptions } from './commands/sweep.js';
import { follow, train, type TrainOptions } from './commands/train.js';
import { up } from './commands/up.js';
import { completionScript, shells, type Shell } from './completion/complete.js';
import { connect } from './connect.js';
import { findCredentials } from './credentials.js';
import { parseCount, parsePort, type CliEnv } from './env.js';
import { pageLink } from './page-link.js';
import { toJson, type Output } from './terminal/output.js';

/** What commands need from the outside. */
export interface CliContext {
  readonly env: CliEnv;
  readonly out: Output;
  readonly err: Output;
  readonly setExitCode: (code: number) => void;
  /** Aborts when the user wants no more of a command that waits. */
  readonly interrupted: () => AbortSignal;
}

/** The `trainyard` command. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('trainyard')
    .description('Train Keras models as a service: start it, send jobs to it, follow them.')
    .version('0.1.0')
    .showHelpAfterError('(trainyard --help shows how)')
    .configureOutput({ writeOut: (text) => context.out.write(text), writeErr: (text) => context.err.write(text) });
  addServerCommands(program, context);
  addStorageCommands(program, context);
  addTrainingCommands(program, context);
  addInspectingCommands(program, context);
  addResultCommands(program, context);
  addServingCommands(program, context);
  addDataCommands(program, context);
  return program;
}

interface JsonOption {
  readonly json?: boolean;
}

const json = new Option('--json', 'as JSON');

function addServerCommands(program: Command, { env, out, setExitCode }: CliContext): void {
  const print = (line: string): void => out.write(`${line}\n`);
  program
    .command('up')
    .description('start everything on this machine, on embedded parts where DATABASE_URL, REDIS_URL, OBJECT_STORE_URL name none')
    .option('-p, --port <port>', 'port of the API (default: 8000, or the next free one)', (value) => parsePort('--port', value))
    .option('--host <address>', 'address of the API', env.host)
    .option('--tensorboard', 'fetch TensorBoard, once, so that the server shows it for each job')
    .action(async (options: { port?: number; host: string; tensorboard?: boolean }) => {
      setExitCode(await up({ ...env, port: options.port ?? env.port, host: options.host }, { tensorBoard: options.tensorboard === true }, print));
    });
  program
    .command('env')
    .description('print the address and key of the server as shell variables: eval "$(trainyard env)"')
    .addOption(json)
    .action(async (options: JsonOption) => {
      const { url, apiKey } = await findCredentials(env);
      if (options.json === true) return print(toJson({ url, api_key: apiKey ?? null }));
      print(`export TRAINYARD_URL=${shellQuote(url)} TRAINYARD_API_KEY=${shellQuote(apiKey ?? '')}`);
    });
  program
    .command('dashboard')
    .description('print a link to the web page of the server, which logs in')
    .addOption(json)
    .action(async (options: JsonOption) => {
      const { url, apiKey } = await findCredentials(env);
      const link = pageLink(url, apiKey);
      print(options.json === true ? toJson({ url: link }) : link);
    });
  program
    .command('tensorboard <jobs...>')
    .description('print a link to TensorBoard over the logs of a job, or of several together, by the web page of the server')
    .addOption(json)
    .action(async (jobs: string[], options: JsonOption) => {
      const { url } = await findCredentials(env);
      const link = `${pageLink(url, undefined)}#/tensorboard?jobs=${jobs.join(',')}`;
      print(options.json === true ? toJson({ url: link }) : link);
    });
  program
    .command('prepare')
    .description('bring the database of DATABASE_URL up to date and make the bucket of OBJECT_STORE_URL')
    .addOption(json)
    .action((options: JsonOption) => prepare(env, options, print));
  program
    .command('create-key')
    .description('make an API key in the database of DATABASE_URL, and print it')
    .addOption(new Option('--project <name>', 'whose jobs and files it opens').default('default'))
    .addOption(new Option('--name <name>', 'what it is for').default('create-key'))
    .addOption(json)
    .action((options: { project: string; name: string } & JsonOption) => createKey(env, options, print));
  program
    .command('doctor')
    .description('look at all that Trainyard stands on (Node, libtensorflow, Postgres, Redis, storage, disk, memory, GPU, clock, configuration, server), and say what to do')
    .addOption(json)
    .action(async (options: JsonOption) => setExitCode(await doctor(env, options, out)));
  program
    .command('completion')
    .description('print what a shell loads to complete this command: eval "$(trainyard completion bash)"')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: Shell) => out.write(completionScript(program, shell)));
}

function addStorageCommands(program: Command, { env, out }: CliContext): void {
  program
    .command('sweep')
    .description('find objects in OBJECT_STORE_URL that no row of DATABASE_URL names, which workers remove by themselves')
    .option('--remove', 'remove them, instead of only showing them')
    .option('--min-age <hours>', 'spare those that are younger: their rows may still come', (value) => parseCount('--min-age', value), 24)
    .addOption(json)
    .action((options: SweepCommandOptions) => sweep(env, options, printer(out)));
}

function addTrainingCommands(program: Command, { env, out, setExitCode, interrupted }: CliContext): void {
  const tell = ({ job, text }: Told, options: JsonOption): void => printer(out)(options.json === true ? toJson(job) : text);
  program
    .command('train <spec>')
    .description('create a job from a JSON file (the body of POST /v1/jobs), with the files that it needs')
    .option('--model <file>', "the model: model.to_json()'s JSON, to_yaml()'s YAML, or a saved model (.h5, .keras)")
    .option('--data <file...>', 'training data: uploaded, and put in place of the spec’s data.train.uri')
    .option('--validation <file...>', 'validation data, likewise')
    .option('--dataset <dataset>', 'a dataset (ds_…) instead: put in place of what the spec’s sources name')
    .option('--weights <file>', 'weights to start from (.h5, .keras)')
    .option('--name <name>', 'name of the job')
    .option('-f, --follow', 'show the training until it ends, as Keras shows it; Ctrl-C leaves the job running')
    .addOption(new Option('--json', 'the job as JSON; with --follow, once it has ended'))
    .action(async (spec: string, options: TrainOptions) => setExitCode(await train(await connect(env), spec, options, out, interrupted())));
  program
    .command('follow <job>')
    .description('show a job until it ends')
    .addOption(new Option('--json', 'the job as JSON, once it has ended'))
    .action(async (job: string, options: JsonOption) => setExitCode(await follow(await connect(env), job, options, out, interrupted())));
  program
    .command('stop <job>')
    .description('end a job after the batch that it trains: it succeeds, with what it has learned')
    .addOption(json)
    .action(async (job: string, options: JsonOption) => tell(await stop(await connect(env), job), options));
  program
    .command('pause <job>')
    .description('pause a job: what it has come to is kept, and its worker is free')
    .addOption(json)
    .action(async (job: string, options: JsonOption) => tell(await pause(await connect(env), job), options));
  program
    .command('resume <job>')
    .description('let a paused job go on')
    .addOption(json)
    .action(async (job: string, options: JsonOption) => tell(await requeue(await connect(env), job, 'resume'), options));
  program
    .command('retry <job>')
    .description('queue a failed or cancelled job again, from its last snapshot')
    .addOption(json)
    .action(async (job: string, options: JsonOption) => tell(await requeue(await connect(env), job, 'retry'), options));
  program
    .command('continue <job>')
    .description('create a job that goes on from the end of one')
    .requiredOption('--epochs <count>', 'the epoch at which it ends: more than have been trained', (value) => parseCount('--epochs', value))
    .option('--name <name>', 'name of the new job')
    .addOption(json)
    .action(async (job: string, { epochs, name, ...options }: { epochs: number; name?: string } & JsonOption) => tell(await continueJob(await connect(env), job, { epochs, ...(name !== undefined && { name }) }), options));
  program
    .command('cancel <job>')
    .description('cancel a job; it keeps a final checkpoint')
    .option('--kill', 'at once, without one')
    .addOption(json)
    .action(async (job: string, options: { kill?: boolean } & JsonOption) => tell(await cancel(await connect(env), job, options), options));
}

function addInspectingCommands(program: Command, { env, out, interrupted }: CliContext): void {
  program
    .command('ps')
    .description('list jobs, the newest first')
    .addOption(new Option('--kind <kind>', 'those of this kind only').choices(JobKind.options))
    .option('--status <status>', 'those in this status only')
    .option('--limit <count>', 'at most so many', (value) => parseCount('--limit', value), 20)
    .option('--ids', 'the ids alone')
    .addOption(json)
    .action(async (options: { kind?: JobKind; status?: string; limit: number; ids?: boolean; json?: boolean }) => ps(await connect(env), options, printer(out)));
  program
    .command('status <job>')
    .description('show one job')
    .addOption(json)
    .action(async (job: string, options: { json?: boolean }) => status(await connect(env), job, options, printer(out)));
  program
    .command('logs <job>')
    .description("show a job's log lines")
    .option('-f, --follow', 'also what comes, with the other events, until the job ends')
    .addOption(new Option('--json', 'as JSON, a line each'))
    .action(async (job: string, options: { follow?: boolean; json?: boolean }) => logs(await connect(env), job, options, printer(out), interrupted()));
  program
    .command('history <job>')
    .description("show a job's History: every epoch's metrics")
    .option('--plot', 'draw them, too')
    .addOption(json)
    .action(async (job: string, options: { plot?: boolean; json?: boolean }) => history(await connect(env), job, options, out));
  program
    .command('compare <jobs...>')
    .description('show in what the specs of jobs differ, the models included, and what came of each')
    .option('--all', 'what is the same, too')
    .option('--plot <metric>', 'draw a metric of all of them')
    .addOption(json)
    .action(async (jobs: string[], options: CompareOptions) => compare(await connect(env), jobs, options, out));
  program
    .command('model <job>')
    .description("show a job's model: Keras's summary(), or its JSON, YAML or config")
    .addOption(new Option('--format <format>', 'what to show').choices(['summary', 'json', 'yaml', 'config']).default('summary'))
    .addOption(new Option('--keras <version>', 'as this version of Keras reads it (by default: as it came)').choices(['2', '3']))
    .addOption(new Option('--json', 'the same as --format json'))
    .action(async (job: string, options: ModelOptions) => model(await connect(env), job, options, printer(out)));
}

function addResultCommands(program: Command, { env, out, setExitCode, interrupted }: CliContext): void {
  const batches = (command: Command): Command =>
    command
      .option('--batch-size <rows>', 'rows in a batch (default: 32)', (value) => parseCount('--batch-size', value))
      .option('--steps <batches>', 'batches to take (default: as many as the source has)', (value) => parseCount('--steps', value))
      .option('-d, --detach', 'do not wait for the job that is made');
  batches(
    program
      .command('evaluate <job> <source>')
      .description('evaluate a checkpoint of a job on a whole source: a JSON file with one, a dataset (ds_…), a URI (files/…, s3://…), or a file or folder to upload')
      .option('--checkpoint <ref>', 'final, best, latest, epoch-N, a filename or an id'),
  ).action(async (job: string, source: string, options: InferOptions) => setExitCode(await evaluate(await connect(env), job, source, options, out, interrupted())));

  const predicting = program
    .command('predict <job>')
    .description('predict with a checkpoint of a job, or with what answers under a name; with --source for a whole source, as a job')
    .option('--data <file>', 'instances as JSON, or arrays as npz')
    .option('--instances <json>', 'instances as JSON')
    .option('--image <file...>', 'JPEG or PNG files, for a model that was trained on images: made inputs of as those were')
    .option('--source <source>', 'a source, as for evaluate: the predictions are an npz file')
    .option('--checkpoint <ref>', 'final, best, latest, epoch-N, a filename or an id')
    .option('--raw', 'instances are rows as in the training data: the job’s transforms make inputs of them')
    .option('--classes', 'the index of the likeliest class instead of probabilities')
    .option('--top-k <n>', 'the n likeliest classes with their scores, and names where the job knows them')
    .option('--deadline-ms <ms>', 'give up after so many milliseconds (default: 60000)')
    .option('-o, --output <file>', 'write there instead of to standard output')
    .addOption(new Option('--json', 'the whole answer, with the checkpoint that gave it'));
  batches(predicting).action(async (job: string, { source, ...options }: PredictOptions & InferOptions & { source?: string }) => {
    const client = await connect(env);
    if (source === undefined) return predict(client, job, options, printer(out));
    setExitCode(await predictSource(client, job, { ...options, source }, out, interrupted()));
  });
  program
    .command('download <job> [ref]')
    .description('download a checkpoint: final (by default), best, latest, epoch-N, a filename or an id')
    .option('-o, --output <file>', 'where to (by default: its own name, here)')
    .addOption(new Option('--format <format>', 'h5; keras: a .keras archive, for Keras 3; tfjs: a tar for TensorFlow.js; saved_model: a tar for TensorFlow and TensorFlow Serving').choices(['h5', 'keras', 'tfjs', 'saved_model']).default('h5'))
    .option('--keras', 'the same as --format keras')
    .addOption(json)
    .action(async (job: string, ref: string | undefined, { output, keras, format, ...options }: { output?: string; format: CheckpointFormat; keras?: boolean } & JsonOption) => void (await download(await connect(env), job, ref ?? 'final', { target: output, format: keras === true ? 'keras' : format, ...options }, out)));
}

function addServingCommands(program: Command, { env, out }: CliContext): void {
  program
    .command('serve <name> <job>')
    .description('have a checkpoint answer under a name: JOB, JOB@CHECKPOINT, or a saved model (.h5, .keras) that is uploaded; prints how to ask it')
    .option('--shadow <job>', 'also asked, to compare its answers, which nobody gets')
    .addOption(json)
    .action(async (name: string, job: string, options: { shadow?: string } & JsonOption) => serve(await connect(env), name, job, options, await findCredentials(env), out));
  program
    .command('models')
    .description('list what answers under which name')
    .option('--limit <count>', 'at most so many', (value) => parseCount('--limit', value), 20)
    .addOption(json)
    .action(async (options: { limit: number; json?: boolean }) => models(await connect(env), options, printer(out)));
  program
    .command('rollback <name> [version]')
    .description('have an earlier version answer under a name again: by default the one before')
    .addOption(json)
    .action(async (name: string, version: string | undefined, options: JsonOption) => rollBack(await connect(env), name, version === undefined ? undefined : parseCount('version', version), options, printer(out)));
}

function addDataCommands(program: Command, { env, out, interrupted }: CliContext): void {
  const data = program.command('data').description('upload files, and see what is in them');
  data
    .command('upload <path...>')
    .description('upload files, or folders with all that is in them, and print the URI that a source names them by')
    .option('--to <folder>', "where to, below files/ (by default: the folder's name)")
    .addOption(json)
    .action(async (paths: string[], options: { to?: string } & JsonOption) => void (await uploadData(await connect(env), paths, options, out)));
  data
    .command('inspect <dataset>')
    .description('scan data and show its columns, statistics, classes and first rows: a dataset (ds_…), a URI (files/…, s3://…), or a file or folder to upload')
    .option('--name <name>', 'name of the dataset that is made')
    .option('--format <format>', "the files' format, where their names do not tell it")
    .option('--x <column...>', 'the columns of the inputs')
    .option('--y <column...>', 'the columns of the targets')
    .option('--source <json>', 'further fields of the source')
    .addOption(json)
    .action(async (named: string, options: InspectOptions) => inspectData(await connect(env), named, options, out, interrupted()));
  data
    .command('list')
    .description('list datasets, the newest first')
    .option('--limit <count>', 'at most so many', (value) => parseCount('--limit', value), 20)
    .addOption(json)
    .action(async (options: { limit: number; json?: boolean }) => listData(await connect(env), options, out));
  data
    .command('delete <dataset>')
    .description('delete a dataset; its files stay')
    .addOption(json)
    .action(async (dataset: string, options: JsonOption) => {
      await (await connect(env)).datasets.delete(dataset);
      if (options.json === true) printer(out)(toJson({ id: dataset, deleted: true }));
    });
}

const printer =
  (out: Output) =>
  (line: string): void =>
    out.write(`${line}\n`);

/** A word as a POSIX shell reads it back. */
const shellQuote = (text: string): string => (/^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
