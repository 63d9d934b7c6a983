import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A command as a shell offers it. */
interface Offered {
  /** `data upload` */
  readonly path: string;
  readonly description: string;
  /** `--json`, `-f` */
  readonly flags: readonly string[];
  /** Whether its first argument is a job. */
  readonly takesJob: boolean;
  readonly subcommands: readonly string[];
}

/** What a shell loads to complete `trainyard …`: commands, their options, and the ids of the newest jobs, which the server is asked for. */
export function completionScript(program: Command, shell: Shell): string {
  const offered = [...offeredBy(program, '')];
  switch (shell) {
    case 'bash':
      return bash(offered);
    case 'zsh':
      // zsh reads bash's completions.
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(offered)}`;
    case 'fish':
      return fish(offered);
    default:
      return shell satisfies never;
  }
}

function* offeredBy(command: Command, path: string): Generator<Offered> {
  const flags = command.options.filter(({ hidden }) => !hidden).flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined && flag !== null));
  const argument = command.registeredArguments[0]?.name();
  yield { path, description: command.description(), flags: [...flags, '--help'], takesJob: argument === 'job' || argument === 'jobs', subcommands: command.commands.map((below) => below.name()) };
  for (const below of command.commands) yield* offeredBy(below, `${path} ${below.name()}`.trim());
}

/** Says ids and nothing else, and nothing at all where no server answers. */
const jobIds = 'trainyard ps --ids 2>/dev/null';

function bash(offered: readonly Offered[]): string {
  const cases = offered.map(({ path, flags, subcommands, takesJob }) => `    '${path}') words='${[...subcommands, ...flags].join(' ')}'${takesJob ? '; jobs=1' : ''} ;;`);
  const groups = offered.filter(({ path, subcommands }) => path !== '' && subcommands.length > 0);
  return `# trainyard: eval "$(trainyard completion bash)"
_trainyard() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path='' words='' jobs='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) continue ;; esac
    case "$path" in
    '') path="\${COMP_WORDS[i]}" ;;
${groups.map(({ path }) => `    '${path}') path="${path} \${COMP_WORDS[i]}" ;;\n`).join('')}    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  if [[ -n "$jobs" && "$cur" != -* ]]; then words="$(${jobIds})"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _trainyard trainyard
`;
}

function fish(offered: readonly Offered[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = ['# trainyard: trainyard completion fish | source', 'complete -c trainyard -e'];
  for (const { path, flags, subcommands, takesJob } of offered) {
    const condition = path === '' ? '__fish_use_subcommand' : path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    for (const name of subcommands) {
      const { description = '' } = offered.find((below) => below.path === `${path} ${name}`.trim()) ?? {};
      lines.push(`complete -c trainyard -f -n ${quote(condition)} -a ${quote(name)} -d ${quote(description)}`);
    }
    for (const flag of flags) lines.push(`complete -c trainyard -n ${quote(condition)} ${flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`}`);
    if (takesJob) lines.push(`complete -c trainyard -f -n ${quote(condition)} -a ${quote(`(${jobIds})`)}`);
  }
  return `${lines.join('\n')}\n`;
}
