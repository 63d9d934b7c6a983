import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Ends the servers that `trainyard up` started when `up` itself is gone without having done so (kill -9, out of memory).
 *
 * It is a shell in a session of its own, a megabyte of memory, that reads `watch <pid> <signal>` and `forget <pid>` from a
 * pipe. When the pipe closes, whatever is still watched gets its signal, and SIGKILL ten seconds later. Node's IPC channel
 * does this for Node processes; Postgres and Redis know nothing of it, and `prctl(PR_SET_PDEATHSIG)` cannot be called from Node.
 */
export class Watchdog {
  readonly #shell: ChildProcess;

  constructor() {
    this.#shell = spawn('/bin/sh', ['-c', script], { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
    this.#shell.on('error', () => {}); // without a shell there is no watchdog; stale servers are found at the next start
    this.#shell.stdin?.on('error', () => {});
    this.#shell.unref();
  }

  /** The process gets `signal` when we are gone. */
  watch(pid: number, signal: NodeJS.Signals): void {
    this.#shell.stdin?.write(`watch ${pid} ${signal.replace(/^SIG/, '')}\n`);
  }

  /** The process has ended: its pid may belong to another one soon. */
  forget(pid: number): void {
    this.#shell.stdin?.write(`forget ${pid}\n`);
  }

  /** Ends the watchdog. What it still watches gets its signal. */
  close(): void {
    this.#shell.stdin?.end();
  }

  get pid(): number | undefined {
    return this.#shell.pid;
  }
}

/** A pid is also the id of its process group, as every watched process is started detached: the last kill takes the group. */
const script = `
watched=
while read -r verb pid signal; do
  case $verb in
    watch) watched="$watched $pid:$signal" ;;
    forget)
      rest=
      for entry in $watched; do [ "\${entry%:*}" = "$pid" ] || rest="$rest $entry"; done
      watched=$rest ;;
  esac
done
for entry in $watched; do kill -s "\${entry#*:}" "\${entry%:*}" 2>/dev/null; done
tries=0
while [ $tries -lt 100 ]; do
  alive=
  for entry in $watched; do kill -0 "\${entry%:*}" 2>/dev/null && alive=1; done
  [ -n "$alive" ] || exit 0
  sleep 0.1
  tries=$((tries + 1))
done
for entry in $watched; do kill -9 -- "-\${entry%:*}" 2>/dev/null; kill -9 "\${entry%:*}" 2>/dev/null; done
`;
