import { Command, Option } from 'commander';
import { createKey, prepare } from './commands/prepare.js';
import { up } from './commands/up.js';
import { parsePort, type CliEnv } from './env.js';
import type { Output } from './terminal/output.js';

/** What commands need from the outside. */
export interface CliContext {
  readonly env: CliEnv;
  readonly out: Output;
  readonly err: Output;
  readonly setExitCode: (code: number) => void;
}

/** The `trainyard` command. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('trainyard')
    .description('Train Keras models as a service: start it, send jobs to it, follow them.')
    .version('0.1.0')
    .showHelpAfterError('(trainyard --help shows how)')
    .configureOutput({ writeOut: (text) => context.out.write(text), writeErr: (text) => context.err.write(text) });
  addServerCommands(program, context);
  return program;
}

function addServerCommands(program: Command, { env, out, setExitCode }: CliContext): void {
  const print = (line: string): void => out.write(`${line}\n`);
  program
    .command('up')
    .description('start everything on this machine, on embedded parts where DATABASE_URL, REDIS_URL, OBJECT_STORE_URL name none')
    .option('-p, --port <port>', 'port of the API (default: 8000, or the next free one)', (value) => parsePort('--port', value))
    .option('--host <address>', 'address of the API', env.host)
    .action(async (options: { port?: number; host: string }) => {
      setExitCode(await up({ ...env, port: options.port ?? env.port, host: options.host }, print));
    });
  program
    .command('prepare')
    .description('bring the database of DATABASE_URL up to date and make the bucket of OBJECT_STORE_URL')
    .action(() => prepare(env, print));
  program
    .command('create-key')
    .description('make an API key in the database of DATABASE_URL, and print it')
    .addOption(new Option('--project <name>', 'whose jobs and files it opens').default('default'))
    .addOption(new Option('--name <name>', 'what it is for').default('create-key'))
    .action((options: { project: string; name: string }) => createKey(env, options, print));
}
