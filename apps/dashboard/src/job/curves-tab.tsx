import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { isTerminal, type Job } from '@trainyard/protocol';
import { useMemo } from 'react';
import { Chart } from '../charts/chart.js';
import { colours } from '../charts/colours.js';
import { CurveOptionsBar, useCurveOptions } from '../charts/curve-options.js';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';
import { curvesOf, metricNames, type JobCurves } from './curves.js';
import { useStepMetrics } from './use-step-metrics.js';

const emptyHistory = { epoch: [], history: {}, params: {} };
const emptySteps = { step: [], epoch: [], metrics: {} };

/** Loss and metrics, of training and validation, as they come. */
export function CurvesTab({ job }: { job: Job }) {
  const client = useClient();
  const [options, change] = useCurveOptions();
  const history = useQuery({ queryKey: ['jobs', job.id, 'history'], queryFn: () => client.jobs.history(job.id), refetchInterval: isTerminal(job.status) ? false : 10_000 });
  const steps = useStepMetrics(job, options.axis === 'step' ? options.zoom : undefined);
  const { axis, smoothing, log, zoom } = options;
  const data = useMemo<JobCurves>(
    () => ({ history: history.data ?? emptyHistory, steps: steps.data ?? emptySteps, stepsPerEpoch: job.progress?.steps_per_epoch ?? null, lastStep: job.progress?.step ?? steps.data?.step.at(-1) ?? 0 }),
    [history.data, steps.data, job.progress?.steps_per_epoch, job.progress?.step],
  );
  const charts = useMemo(() => {
    const look = { axis, smoothing, colour: colours[0], validationColour: colours[1] } as const;
    return metricNames(data).map((name) => ({ name, groups: curvesOf(name, data, look) }));
  }, [data, axis, smoothing]);
  const extent = axis === 'step' ? ([1, Math.max(2, data.lastStep)] as const) : ([data.history.epoch[0] ?? 0, data.history.epoch.at(-1) ?? 1] as const);
  const error = history.error ?? steps.error;

  return (
    <Stack gap="md">
      {error !== null && <ProblemView error={error} />}
      {charts.length > 0 && <CurveOptionsBar options={options} extent={extent} onChange={change} />}
      {/* Of a very long job the steps take a while: what is there of epochs is shown until they come. */}
      {charts.length === 0 && (history.isPending || steps.isPending) ? (
        <Skeleton h={240} aria-label="Loading" />
      ) : charts.length === 0 ? (
        <Text className="quiet">{isTerminal(job.status) ? 'No step was trained.' : 'There are no metrics yet: they come with the first steps.'}</Text>
      ) : (
        <div className="charts">
          {charts.map(({ name, groups }) => (
            <Chart key={name} title={name} groups={groups} log={log} zoom={zoom} onZoom={(next) => change({ zoom: next })} unit={axis} />
          ))}
        </div>
      )}
    </Stack>
  );
}
