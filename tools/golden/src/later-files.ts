import { access } from 'node:fs/promises';
import path from 'node:path';

import { buildModel, fromWeightsFile, inWeightOrder, type Model, ModelProgram, type ModelTensor, type Runtime } from '@trainyard/engine';
import { parseModel, parseModelYaml, readWeightsFile } from '@trainyard/keras-format';
import { type NdArray, sliceRows } from '@trainyard/ndarray';

import { type Comparison, tolerances } from './comparison.js';
import { readBytes, type StoredTensor, tensor } from './reference.js';

interface LaterFiles {
  readonly folder: string;
  /** The case's model, as its `model.json` has it. */
  readonly model: Model;
  readonly x: readonly NdArray[];
  readonly initPredict: readonly StoredTensor[];
  readonly batchSize: number;
  readonly runtime: Runtime;
}

const MODELS = ['model.yaml', 'model.tfkeras.json', 'model.keras3.json'];

/** The case's other files, where they are there: the same topology as YAML and by later Keras, and the first weights as tf-keras writes them. */
export async function checkOtherFiles(files: LaterFiles, comparison: Comparison): Promise<void> {
  for (const file of MODELS) {
    const model = await readModel(files.folder, file);
    if (model) checkShapes(file, model, files.model, comparison);
  }
  await checkLaterWeights(files, comparison);
}

/** Dimensions that only one of the two knows are left out: later Keras writes the lengths that a trained model was called with. */
function checkShapes(file: string, ours: Model, theirs: Model, comparison: Comparison): void {
  const tensors = ({ inputs, outputs }: Model): readonly ModelTensor[] => [...inputs, ...outputs];
  const [one, other] = [tensors(ours), tensors(theirs)];
  const known = (list: readonly ModelTensor[], beside: readonly ModelTensor[]): unknown => list.map(({ shape }, i) => shape.map((length, axis) => ((beside[i]?.shape[axis] ?? null) === null ? null : length)));
  comparison.exact(`${file}: shapes`, known(one, other), known(other, one));
}

async function readModel(folder: string, file: string): Promise<Model | undefined> {
  if (!(await exists(folder, file))) return undefined;
  const text = new TextDecoder().decode(await readBytes(folder, file));
  return buildModel(file.endsWith('.yaml') ? parseModelYaml(text) : parseModel(text));
}

async function checkLaterWeights({ folder, model, x, initPredict, batchSize, runtime }: LaterFiles, comparison: Comparison): Promise<void> {
  const file = 'init.tfkeras.h5';
  if (!(await exists(folder, file))) return;
  const weights = await readWeightsFile(await readBytes(folder, file));
  const theirs = await readModel(folder, 'model.tfkeras.json');
  for (const [name, target] of [['model.json', model], ['model.tfkeras.json', theirs]] as const) {
    if (!target) continue;
    const program = new ModelProgram(target, runtime);
    try {
      await program.load(inWeightOrder(program.weights, fromWeightsFile(target, weights)));
      const predicted = await program.predict(x, { batchSize });
      initPredict.forEach((stored, i) => comparison.array(`${file} in ${name}: init_predict[${i}]`, predicted[i] && sliceRows(predicted[i], 0, 8), tensor(stored), tolerances.outputs));
    } finally {
      program.dispose();
    }
  }
}

function exists(folder: string, file: string): Promise<boolean> {
  return access(path.join(folder, file)).then(() => true, () => false);
}
