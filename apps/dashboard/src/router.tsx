import { Alert, Loader } from '@mantine/core';
import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, type ErrorComponentProps } from '@tanstack/react-router';
import { z } from 'zod';
import { ProblemView } from './errors/problem-view.js';
import { JobsSearch } from './jobs/filter.js';
import { JobSearch } from './job/tabs.js';
import { Shell } from './shell/shell.js';

const root = createRootRoute({
  component: Shell,
  errorComponent: ({ error }: ErrorComponentProps) => <ProblemView error={error} />,
  notFoundComponent: () => <Alert color="orange" title="There is no such page" />,
});

const jobs = createRoute({ getParentRoute: () => root, path: '/', validateSearch: JobsSearch, component: lazyRouteComponent(() => import('./jobs/jobs-page.js'), 'JobsPage') });
const job = createRoute({ getParentRoute: () => root, path: '/jobs/$jobId', validateSearch: JobSearch, component: lazyRouteComponent(() => import('./job/job-page.js'), 'JobPage') });
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  /** Ids, separated by commas. */
  validateSearch: z.object({ jobs: z.string().catch('').default('') }),
  component: lazyRouteComponent(() => import('./compare/compare-page.js'), 'ComparePage'),
});
const tensorboard = createRoute({
  getParentRoute: () => root,
  path: '/tensorboard',
  /** Ids, separated by commas. */
  validateSearch: z.object({ jobs: z.string().catch('').default('') }),
  component: lazyRouteComponent(() => import('./tensorboard/tensorboard-page.js'), 'TensorBoardPage'),
});
const newJob = createRoute({
  getParentRoute: () => root,
  path: '/new',
  /** A job to begin with, and a dataset to train on. */
  validateSearch: z.object({ like: z.string().optional().catch(undefined), dataset: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('./new-job/new-job-page.js'), 'NewJobPage'),
});
const predict = createRoute({
  getParentRoute: () => root,
  path: '/predict',
  /** A name that answers; or a job, and one of its checkpoints. */
  validateSearch: z.object({ model: z.string().optional().catch(undefined), job: z.string().optional().catch(undefined), checkpoint: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import('./predict/predict-page.js'), 'PredictPage'),
});
const models = createRoute({ getParentRoute: () => root, path: '/models', component: lazyRouteComponent(() => import('./models/models-page.js'), 'ModelsPage') });
const model = createRoute({ getParentRoute: () => root, path: '/models/$name', component: lazyRouteComponent(() => import('./models/model-page.js'), 'ModelPage') });
const datasets = createRoute({ getParentRoute: () => root, path: '/datasets', component: lazyRouteComponent(() => import('./data/datasets-page.js'), 'DatasetsPage') });
const dataset = createRoute({ getParentRoute: () => root, path: '/datasets/$datasetId', component: lazyRouteComponent(() => import('./data/dataset-page.js'), 'DatasetPage') });
const files = createRoute({ getParentRoute: () => root, path: '/files', component: lazyRouteComponent(() => import('./data/files-page.js'), 'FilesPage') });
const keys = createRoute({ getParentRoute: () => root, path: '/keys', component: lazyRouteComponent(() => import('./settings/keys-page.js'), 'KeysPage') });
const health = createRoute({ getParentRoute: () => root, path: '/health', component: lazyRouteComponent(() => import('./settings/health-page.js'), 'HealthPage') });

/** The places of the page, in the URL's fragment: the paths before it are the API's. */
export const router = createRouter({
  routeTree: root.addChildren([jobs, job, compare, tensorboard, newJob, predict, models, model, datasets, dataset, files, keys, health]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loader aria-label="Loading" />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
