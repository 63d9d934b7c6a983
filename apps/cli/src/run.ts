import { CommanderError } from 'commander';
import { findCredentials } from './credentials.js';
import { readEnv, type CliEnv } from './env.js';
import { errorText } from './error-text.js';
import { buildProgram } from './program.js';
import { outputOf } from './terminal/output.js';

/** Runs the command line and answers the exit code: 0 done, 1 failed, 2 called wrongly. */
async function main(args: readonly string[]): Promise<number> {
  let env: CliEnv | undefined;
  try {
    env = readEnv();
    return await runCommand(env, args);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has written its message
    // A mistake of ours is shown with its stack, for the report of it.
    console.error(errorText(error, await serverUrl(env)) ?? error);
    return 1;
  }
}

async function runCommand(env: CliEnv, args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram({
    env,
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    setExitCode: (code) => {
      exitCode = code;
    },
    interrupted: () => {
      const controller = new AbortController();
      process.once('SIGINT', () => controller.abort()); // once: a second Ctrl-C ends us as it ends any program
      return controller.signal;
    },
  });
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}

async function serverUrl(env: CliEnv | undefined): Promise<string> {
  if (env === undefined) return '';
  return findCredentials(env).then(
    ({ url }) => url,
    () => '',
  );
}

/** The command line, to its end. */
export async function run(): Promise<void> {
  // Whoever read us may be gone (`trainyard logs | head`): then there is nothing left to do, but for a server.
  const isServer = process.argv[2] === 'up';
  process.stdout.on('error', () => {
    if (!isServer) process.exit(0);
  });
  // Idle timers of the database's driver would keep the process for seconds. Standard output is written synchronously.
  process.exit(await main(process.argv.slice(2)));
}
