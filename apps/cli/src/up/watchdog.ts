import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Apps use servers: they are stopped before them. */
export type Layer = 'apps' | 'servers';

/**
 * Ends the processes that `trainyard up` started when `up` itself is gone without having done so (kill -9, out of memory).
 *
 * It is a shell in a session of its own, a megabyte of memory, that reads `watch <layer> <pid> <signal>` and `forget <pid>`
 * from a pipe. When the pipe closes, whatever is still watched gets its signal, the apps before the servers, and SIGKILL if
 * that does not help. Node's IPC channel tells our apps too; Postgres and Redis know nothing of it, and
 * `prctl(PR_SET_PDEATHSIG)` cannot be called from Node.
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
  watch(layer: Layer, pid: number, signal: NodeJS.Signals): void {
    this.#shell.stdin?.write(`watch ${layer} ${pid} ${signal.replace(/^SIG/, '')}\n`);
  }

  /** The process has ended: its pid may belong to another one soon. */
  forget(pid: number): void {
    this.#shell.stdin?.write(`forget ${pid}\n`);
  }

  /** Ends the watchdog, and waits until it is gone. What it still watches gets its signal first. */
  async close(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#shell;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#shell.ref();
    const gone = once(this.#shell, 'exit');
    this.#shell.stdin?.end();
    await gone;
  }

  get pid(): number | undefined {
    return this.#shell.pid;
  }
}

/** A pid is also the id of its process group, as every watched process is started detached: the last kill takes the group. */
const script = `
apps=
servers=
without() { # the entries but for one pid
  rest=
  for entry in $2; do [ "\${entry%:*}" = "$1" ] || rest="$rest $entry"; done
  echo "$rest"
}
runs() { # a process that ended and that nobody waited for (a container without init) does not
  kill -0 "$1" 2>/dev/null && ! grep -qs '^State:[[:space:]]*Z' "/proc/$1/status"
}
end() { # tenths of a second to wait, entries pid:signal
  for entry in $2; do kill -s "\${entry#*:}" "\${entry%:*}" 2>/dev/null; done
  tries=0
  while [ $tries -lt $1 ]; do
    alive=
    for entry in $2; do runs "\${entry%:*}" && alive=1; done
    [ -n "$alive" ] || return
    sleep 0.1
    tries=$((tries + 1))
  done
  for entry in $2; do kill -9 -- "-\${entry%:*}" 2>/dev/null; kill -9 "\${entry%:*}" 2>/dev/null; done
}
while read -r verb first pid signal; do
  case "$verb $first" in
    'watch apps') apps="$apps $pid:$signal" ;;
    'watch servers') servers="$servers $pid:$signal" ;;
    forget*)
      apps=$(without "$first" "$apps")
      servers=$(without "$first" "$servers") ;;
  esac
done
end 300 "$apps"
end 100 "$servers"
`;
