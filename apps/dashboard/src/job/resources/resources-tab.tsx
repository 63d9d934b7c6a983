import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { isTerminal, type Job } from '@trainyard/protocol';
import { useMemo, useState } from 'react';
import { Chart, type CurveGroup, type NumberFormat, type Zoom } from '../../charts/chart.js';
import { colours } from '../../charts/colours.js';
import { ProblemView } from '../../errors/problem-view.js';
import { formatBytes } from '../../format/numbers.js';
import { formatClock, formatDuration } from '../../format/time.js';
import { useApi } from '../../session/api-context.js';
import { resourceCurves, sampleAt, type ResourceCurves } from './resource-curves.js';

const pollMs = 5_000;
/** Of more samples the line alone tells enough. */
const mostMarked = 30;

/** In seconds: whole minutes and hours where there are many. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
const percentSteps = [5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/** In MB: powers of two, so that marks are whole GB. */
const memorySteps = Array.from({ length: 26 }, (_, power) => 2 ** power);

const formatPercent = (percent: number): string => `${Math.round(percent)} %`;
const formatMemory = (mb: number): string => formatBytes(mb * 2 ** 20);

/** What the job takes of its machine, over time: processor, memory beside its limit, memory of the GPU. */
export function ResourcesTab({ job }: { job: Job }) {
  const { client } = useApi();
  const [zoom, setZoom] = useState<Zoom>();
  const live = !isTerminal(job.status);
  const { data, error } = useQuery({ queryKey: ['jobs', job.id, 'resources'], queryFn: async ({ signal }) => (await client.jobs.resources(job.id, { signal })).data, refetchInterval: live ? pollMs : false });
  const curves = useMemo(() => resourceCurves(data ?? []), [data]);
  if (error !== null) return <ProblemView error={error} />;
  if (data === undefined) return <Skeleton h={240} aria-label="Loading" />;
  if (data.length === 0) return <Text className="quiet">{live ? 'Nothing has been measured yet: samples come while the job runs.' : 'Nothing was measured of this job: it ended before the first sample, or the server keeps none.'}</Text>;
  const shared = { log: false, zoom, onZoom: setZoom, unit: 'run for' };
  const memory: CurveGroup = { x: curves.x, curves: [curve('memory', colours[0], curves, curves.memory), ...(curves.limit === undefined ? [] : [{ label: 'limit', colour: colours[1], values: curves.limit, dashed: true }])] };
  return (
    <Stack gap="md">
      <Text size="sm" className="quiet">
        Over the time that the job has run; between two attempts there is a gap. Drag to zoom, double-click for all; or + and −, arrows and 0 on a chart that has the focus.
      </Text>
      <div className="charts">
        <Chart title="CPU" groups={[{ x: curves.x, curves: [curve('CPU', colours[0], curves, curves.cpu)] }]} format={formatOf(curves, formatPercent, percentSteps)} {...shared} />
        <Chart title="Memory" groups={[memory]} format={formatOf(curves, formatMemory, memorySteps)} {...shared} />
        {curves.gpuMemory !== undefined && <Chart title="GPU memory" groups={[{ x: curves.x, curves: [curve('GPU memory', colours[2], curves, curves.gpuMemory)] }]} format={formatOf(curves, formatMemory, memorySteps)} {...shared} />}
      </div>
    </Stack>
  );
}

const curve = (label: string, colour: string, { x }: ResourceCurves, values: ResourceCurves['cpu']) => ({ label, colour, values, points: x.length <= mostMarked });

function formatOf(curves: ResourceCurves, y: NumberFormat['y'], ySteps: readonly number[]): NumberFormat {
  return {
    y,
    x: (seconds) => (seconds === 0 ? '0' : formatDuration(seconds)),
    steps: { x: timeSteps, y: ySteps },
    cursor: (x) => {
      const sample = sampleAt(curves, x);
      return sample === undefined ? formatDuration(x) : `${formatDuration(x)}, ${formatClock(sample.at)}, attempt ${sample.attempt}`;
    },
  };
}
