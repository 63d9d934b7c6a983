// Takes the building of one case's model apart: `{"op": "build", "case": …}`, once a process, since what runs a second time is faster.
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { Case } from '../cases.js';
import { measureBuilding } from './building.js';
import { serve } from './serve.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
await serve((request: { readonly op: 'build'; readonly case: Case }) => measureBuilding(request.case, runtime));
runtime.dispose();
