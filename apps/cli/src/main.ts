#!/usr/bin/env node
import { CommanderError } from 'commander';
import { readEnv } from './env.js';
import { buildProgram } from './program.js';
import { outputOf } from './terminal/output.js';
import { UserError } from './user-error.js';

/** Runs the command line and sets the exit code: 0 done, 1 failed, 2 called wrongly. */
async function main(args: readonly string[]): Promise<void> {
  const program = buildProgram({
    env: readEnv(),
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  });
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync(args, { from: 'user' });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has written its message
  } else {
    // A mistake of ours is shown with its stack, for the report of it; one of the user's, as a sentence.
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  }
}
// Idle timers of the database's driver would keep the process for seconds. Standard output is written synchronously.
process.exit();
