import { Skeleton, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { isTerminal, type Job } from '@trainyard/protocol';
import { useMemo } from 'react';
import { Chart } from '../charts/chart.js';
import { CurveOptionsBar, useCurveOptions } from '../charts/curve-options.js';
import { ProblemView } from '../errors/problem-view.js';
import { curvesOf, metricNames, type JobCurves } from '../job/curves.js';
import { useClient } from '../session/api-context.js';

/** Of all jobs together not much more than a screen shows. */
const maxPoints = 1_000;
const pollMs = 3_000;

/** The curves of several jobs over one another, a colour each; what is of validation is dashed. */
export function ComparedCurves({ jobs, colours }: { jobs: readonly Job[]; colours: readonly string[] }) {
  const client = useClient();
  const [options, change] = useCurveOptions();
  const { axis, smoothing, log, zoom } = options;
  const [fromStep, toStep] = zoom === undefined || axis === 'epoch' ? [undefined, undefined] : [Math.max(0, Math.floor(zoom[0]) - 1), Math.max(0, Math.ceil(zoom[1]) + 1)];
  const results = useQueries({
    queries: jobs.map(({ id, status }) => ({
      queryKey: ['jobs', id, 'compared', fromStep, toStep],
      queryFn: async () => {
        const [history, steps] = await Promise.all([client.jobs.history(id), client.jobs.metrics(id, { maxPoints, fromStep, toStep })]);
        return { history, steps };
      },
      refetchInterval: isTerminal(status) ? (false as const) : pollMs,
    })),
  });
  const error = results.find((result) => result.error !== null)?.error;
  const changedAt = Math.max(0, ...results.map(({ dataUpdatedAt }) => dataUpdatedAt));
  const shown = useMemo(() => {
    const all = jobs.flatMap(({ id, name, progress }, index) => {
      const { data } = results[index] ?? {};
      if (data === undefined) return [];
      const curves: JobCurves = { ...data, stepsPerEpoch: progress?.steps_per_epoch ?? null, lastStep: progress?.step ?? 0 };
      return [{ curves, look: { axis, smoothing, colour: colours[index] ?? '#888888', validationColour: colours[index] ?? '#888888', validationDashed: true, prefix: `${name ?? id.slice(-6)} ` } }];
    });
    const names = [...new Set(all.flatMap(({ curves }) => metricNames(curves)))];
    return { last: Math.max(1, ...all.map(({ curves }) => (axis === 'step' ? curves.lastStep : (curves.history.epoch.at(-1) ?? 1)))), charts: names.map((name) => ({ name, groups: all.flatMap(({ curves, look }) => curvesOf(name, curves, look)) })) };
    // The results are another list each time; their data change when one was read.
  }, [jobs, colours.join(), changedAt, axis, smoothing]);

  if (error !== undefined && error !== null) return <ProblemView error={error} />;
  return (
    <Stack>
      <CurveOptionsBar options={options} extent={[axis === 'step' ? 1 : 0, shown.last]} onChange={change} />
      {results.some(({ isPending }) => isPending) && shown.charts.length === 0 ? (
        <Skeleton h={240} aria-label="Loading" />
      ) : shown.charts.length === 0 ? (
        <Text className="quiet">None of these jobs has metrics yet.</Text>
      ) : (
        <div className="charts">
          {shown.charts.map(({ name, groups }) => (
            <Chart key={name} title={name} groups={groups} log={log} zoom={zoom} onZoom={(next) => change({ zoom: next })} unit={axis} />
          ))}
        </div>
      )}
    </Stack>
  );
}
