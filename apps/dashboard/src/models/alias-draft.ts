import type { AliasBodyInput, ModelVersion } from '@trainyard/protocol';

/** One of those that are to answer, as it is put together: a checkpoint of a job, or a file. */
export interface TargetDraft {
  readonly kind: 'job' | 'file';
  readonly job: string | null;
  /** Null: `final`, or `latest` while there is none. */
  readonly checkpoint: string | null;
  readonly uri: string;
  /** Its part of the requests, beside the others' weights. */
  readonly weight: number | '';
}

/** What is to answer under a name. */
export interface AliasDraft {
  readonly targets: readonly TargetDraft[];
  /** Asked too, its answers compared and dropped. */
  readonly shadow: TargetDraft | undefined;
}

export const emptyTarget: TargetDraft = { kind: 'job', job: null, checkpoint: null, uri: '', weight: 1 };

type Target = Omit<ModelVersion['split'][number], 'weight'>;

/** What answers now, to be changed. */
export function draftOf({ split, shadow }: Pick<ModelVersion, 'split' | 'shadow'>): AliasDraft {
  const from = ({ job, checkpoint, uri }: Target): TargetDraft => (job === null ? { ...emptyTarget, kind: 'file', uri: uri ?? '' } : { ...emptyTarget, job, checkpoint });
  return { targets: split.map((target) => ({ ...from(target), weight: target.weight })), shadow: shadow === null ? undefined : from(shadow) };
}

/** The body that sets the alias; undefined while something is missing. */
export function aliasBody({ targets, shadow }: AliasDraft): AliasBodyInput | undefined {
  const resolved = targets.map(resolve);
  const shadowed = shadow === undefined ? null : resolve(shadow);
  if (shadowed === undefined || resolved.length === 0 || resolved.includes(undefined)) return undefined;
  const given = resolved.filter((target) => target !== undefined);
  const [only] = given;
  if (given.length === 1 && only !== undefined) return { ...only, shadow: shadowed };
  const split = given.map((target, index) => ({ ...target, weight: Number(targets[index]?.weight) }));
  return split.every(({ weight }) => weight > 0) ? { split, shadow: shadowed } : undefined;
}

function resolve({ kind, job, checkpoint, uri }: TargetDraft): { job: string; checkpoint?: string } | { uri: string } | undefined {
  if (kind === 'file') return /^files\/.+$/.test(uri) ? { uri } : undefined;
  if (job === null) return undefined;
  return { job, ...(checkpoint === null ? {} : { checkpoint }) };
}

/** Each weight's part of them all, from 0 to 1. What is no weight yet has none. */
export function shares(weights: readonly (number | '')[]): number[] {
  const numbers = weights.map((weight) => (weight === '' || weight < 0 ? 0 : weight));
  const sum = numbers.reduce((total, weight) => total + weight, 0);
  return numbers.map((weight) => (sum === 0 ? 0 : weight / sum));
}

/** `95 %`, `0.5 %` */
export const formatShare = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
