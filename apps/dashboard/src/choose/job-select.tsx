import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { JobId, type Job } from '@trainyard/protocol';
import { useState } from 'react';
import { jobKey } from '../job/use-job-feed.js';
import { useClient } from '../session/api-context.js';

interface Props extends Pick<SelectProps, 'label' | 'placeholder' | 'w' | 'aria-label'> {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

/** Jobs that are shown at once: others are found by a part of their name, or by their id. */
const shown = 50;

/** Chooses a job that trains, or has trained: the server looks for what is typed, so it does not matter how many there are. */
export function JobSelect({ value, onChange, ...rest }: Props) {
  const client = useClient();
  const chosen = useQuery({ queryKey: jobKey(value ?? ''), enabled: value !== null, queryFn: () => client.jobs.get(value ?? ''), staleTime: 10_000 });
  const [typed, setTyped] = useState('');
  const [settled] = useDebouncedValue(typed, 250);
  const chosenLabel = chosen.data === undefined ? value : labelOf(chosen.data);
  // The field shows what is chosen: that is no search.
  const search = settled === chosenLabel ? '' : settled.trim();
  const found = useQuery({
    queryKey: ['jobs-to-choose', search],
    queryFn: async () => (JobId.safeParse(search).success ? [await client.jobs.get(search)] : (await client.jobs.list({ kind: 'train', limit: shown, ...(search === '' ? {} : { name: search.slice(0, 200) }) })).data),
    placeholderData: (before) => before,
    retry: false,
  });
  const options = (found.data ?? []).filter(({ kind }) => kind === 'train').map((job) => ({ value: job.id, label: labelOf(job) }));
  if (value !== null && !options.some((option) => option.value === value)) options.unshift({ value, label: chosenLabel ?? value });
  return <Select placeholder="a part of its name, or its id" searchable searchValue={typed} onSearchChange={setTyped} filter={({ options: all }) => all} nothingFoundMessage={found.isFetching ? 'looking …' : 'no job is called so'} data={options} value={value} onChange={onChange} {...rest} />;
}

const labelOf = ({ id, name, model, status }: Job): string => `${name ?? model.name} · ${status} · …${id.slice(-6)}`;
