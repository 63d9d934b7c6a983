/** A condition that the user can mend: shown as its message alone, without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Runs a script's main function: a SetupError is printed as one sentence, anything else with its stack; both exit 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
