import { readFile } from 'node:fs/promises';
import { buildModel, callbackDefinitions, compileModel, losses, metrics } from '@trainyard/engine';
import { FormatError, parseModel } from '@trainyard/keras-format';
import { type ApiError, Callback, Compile, errorCodes, EvaluateBody, Fit, FitGenerator, ImageOptions, issueCodes, JobRequest, parseJobRequest, PredictionsBody, Transform } from '@trainyard/protocol';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

// docs/keras.md against the schemas, the engine, and what Keras 2.0.8's functions are declared with.

interface Row {
  /** Those of its first cell that are code. */
  readonly names: readonly string[];
  readonly status: string;
  readonly text: string;
}

const page = await readFile(new URL('../../../../docs/keras.md', import.meta.url), 'utf8');
const codesOf = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
const sections = new Map(
  page.split(/^##+ /m).map((section): [string, Row[]] => {
    const rows = section.split('\n').flatMap((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      return cells.length === 5 && cells[1]!.startsWith('`') ? [{ names: codesOf(cells[1]!), status: cells[2]!, text: cells[3]! }] : [];
    });
    return [section.split('\n', 1)[0]!, rows];
  }),
);
const rowsOf = (section: string): Row[] => sections.get(section) ?? [];
const namesOf = (section: string, ...statuses: string[]): string[] => rowsOf(section).filter(({ status }) => statuses.includes(status)).flatMap(({ names }) => names);
const taken = (section: string): string[] => namesOf(section, 'supported', 'differs');

interface Schema {
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: unknown;
}
/** Of a schema that has an id, what is found under it. */
function schemaOf(type: z.ZodType): Schema {
  const { $ref, $defs, ...schema } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as Schema & { $ref?: string; $defs?: Record<string, Schema> };
  return $ref === undefined ? schema : ($defs?.[$ref.replace('#/$defs/', '')] ?? {});
}
const keysOf = (schema: Schema | undefined): string[] => Object.keys(schema?.properties ?? {});
const callbacks = new Map((schemaOf(Callback).oneOf ?? []).map((option): [string, string[]] => [String(option.properties?.['class_name']?.const), keysOf(option.properties?.['config'])]));
const imageDataGenerator = schemaOf(Transform).anyOf?.find(({ properties }) => properties?.['image_data_generator'])?.properties?.['image_data_generator'];

/** What Keras 2.0.8 declares, from its source; `self` left out. */
const keras208: Record<string, string> = {
  compile: 'optimizer loss metrics loss_weights sample_weight_mode weighted_metrics target_tensors **kwargs',
  fit: 'x y batch_size epochs verbose callbacks validation_split validation_data shuffle class_weight sample_weight initial_epoch steps_per_epoch validation_steps **kwargs',
  fit_generator: 'generator steps_per_epoch epochs verbose callbacks validation_data validation_steps class_weight max_queue_size workers use_multiprocessing shuffle initial_epoch',
  evaluate: 'x y batch_size verbose sample_weight steps',
  evaluate_generator: 'generator steps max_queue_size workers use_multiprocessing',
  predict: 'x batch_size verbose steps',
  predict_generator: 'generator steps max_queue_size workers use_multiprocessing verbose',
  ModelCheckpoint: 'filepath monitor verbose save_best_only save_weights_only mode period',
  EarlyStopping: 'monitor min_delta patience verbose mode',
  ReduceLROnPlateau: 'monitor factor patience verbose mode epsilon cooldown min_lr',
  LearningRateScheduler: 'schedule',
  TensorBoard: 'log_dir histogram_freq batch_size write_graph write_grads write_images embeddings_freq embeddings_layer_names embeddings_metadata',
  CSVLogger: 'filename separator append',
  RemoteMonitor: 'root path field headers',
  ProgbarLogger: 'count_mode',
  Others: 'TerminateOnNaN History BaseLogger LambdaCallback',
  ImageDataGenerator:
    'featurewise_center samplewise_center featurewise_std_normalization samplewise_std_normalization zca_whitening zca_epsilon rotation_range width_shift_range height_shift_range shear_range zoom_range channel_shift_range fill_mode cval horizontal_flip vertical_flip rescale preprocessing_function data_format',
  flow_from_directory: 'directory target_size color_mode classes class_mode batch_size shuffle seed save_to_dir save_prefix save_format follow_links',
};

describe('every argument has a row', () => {
  test.each(Object.entries(keras208))('of %s', (section, names) => {
    expect(rowsOf(section).flatMap((row) => row.names)).toEqual(expect.arrayContaining(names.split(' ')));
  });

  test('each with a status, and those that are refused with a code that exists', () => {
    const codes = new Set<string>([...errorCodes, ...Object.keys(issueCodes)]);
    for (const [section, rows] of sections) {
      for (const { names, status, text } of rows) {
        expect(['supported', 'differs', 'refused'], `${section}: ${names}`).toContain(status);
        if (status === 'refused' && !text.startsWith('there is no')) expect(codes, `${section}: ${names}: ${text}`).toContain(codesOf(text)[0]);
      }
    }
  });
});

describe('every field of the schemas has a row that does not refuse it', () => {
  test.each<[string, string[]]>([
    ['compile', keysOf(schemaOf(Compile))],
    ['fit', keysOf(schemaOf(Fit))],
    ['fit_generator', keysOf(schemaOf(FitGenerator))],
    ['ImageDataGenerator', keysOf(imageDataGenerator).filter((name) => !['column', 'zca_whitening'].includes(name))],
    ...[...callbacks].filter(([, keys]) => keys.length > 0),
  ])('of %s', (section, keys) => {
    expect(keys.length).toBeGreaterThan(0);
    expect(taken(section)).toEqual(expect.arrayContaining(keys));
  });

  test('every callback has a place', () => {
    const places = [...sections.keys(), ...rowsOf('Others').flatMap(({ names }) => names)];
    for (const name of [...callbacks.keys(), ...callbackDefinitions.map(({ className }) => className)]) expect(places).toContain(name);
  });
});

const data = { train: { uri: 'files/a.npz', x: 'x', y: 'y' } };
const issuesOf = (body: object): { pointer: string; code: string }[] => {
  try {
    parseJobRequest({ model: '{}', compile: { optimizer: 'sgd', loss: 'mse' }, data, ...body });
    return [];
  } catch (error) {
    return (error as ApiError).errors.map(({ pointer, code }) => ({ pointer, code }));
  }
};

describe('no row says more than the schemas do', () => {
  /** Rows of arguments that are told elsewhere in the body name that place. */
  test.each<[string, string[]]>([
    ['compile', keysOf(schemaOf(Compile))],
    ['fit', keysOf(schemaOf(Fit))],
    ['fit_generator', keysOf(schemaOf(FitGenerator))],
    ['evaluate', keysOf(schemaOf(EvaluateBody))],
    ['evaluate_generator', keysOf(schemaOf(EvaluateBody))],
    ['predict', keysOf(schemaOf(PredictionsBody))],
    ['predict_generator', keysOf(schemaOf(PredictionsBody))],
    ['ImageDataGenerator', keysOf(imageDataGenerator)],
    ['flow_from_directory', [...keysOf(schemaOf(ImageOptions))]],
    ...callbacks,
  ])('of %s', (section, keys) => {
    const elsewhere = new Set([...keysOf(schemaOf(JobRequest)), ...keysOf(schemaOf(EvaluateBody)), 'uri']);
    for (const { names, status, text } of rowsOf(section).filter(({ status }) => status !== 'refused')) {
      for (const name of names.filter((name) => !keys.includes(name))) {
        const said = name === '**kwargs' || name === 'use_multiprocessing' || text.includes('the job') || codesOf(text).some((place) => elsewhere.has(place.split('.')[0]!));
        expect({ name, status, said }).toEqual({ name, status: expect.any(String) as string, said: true });
      }
    }
  });

  test.each<[string, (name: string) => [body: object, pointer: string]]>([
    ['compile', (name) => [{ compile: { optimizer: 'sgd', loss: 'mse', [name]: 1 } }, `/compile/${name}`]],
    ['fit', (name) => [{ fit: { [name]: 1 } }, `/fit/${name}`]],
    ['ImageDataGenerator', (name) => [{ data: { train: { ...data.train, transforms: [{ image_data_generator: { column: 'x', [name]: true } }] } } }, `/data/train/transforms/0/image_data_generator/${name}`]],
    ['flow_from_directory', (name) => [{ data: { train: { uri: 'files/a/', format: 'images', images: { [name]: 1 } } } }, `/data/train/images/${name}`]],
    ...[...callbacks.keys()].map((className): [string, (name: string) => [object, string]] => [className, (name) => [{ callbacks: [{ class_name: className, config: { filepath: 'a', schedule: [1], filename: 'a', [name]: 1 } }] }, `/callbacks/0/config/${name}`]]),
    ['Others', (name) => [{ callbacks: [{ class_name: name }] }, '/callbacks/0/class_name']],
  ])('what %s refuses is refused, with the code that is told', (section, make) => {
    for (const { names, text } of rowsOf(section).filter(({ status }) => status === 'refused')) {
      for (const name of names) {
        const [body, pointer] = make(name);
        expect(issuesOf(body)).toContainEqual({ pointer, code: codesOf(text)[0] });
      }
    }
  });

  test.each([['evaluate', EvaluateBody], ['evaluate_generator', EvaluateBody], ['predict', PredictionsBody], ['predict_generator', PredictionsBody]] as const)('what %s refuses is refused', (section, schema) => {
    for (const name of namesOf(section, 'refused')) expect(schema.safeParse({ data: data.train, [name]: 1 }).error?.issues.map(({ code }) => code)).toEqual(['unrecognized_keys']);
  });
});

describe('optimizers, losses and metrics', () => {
  const layer = { class_name: 'Dense', config: { name: 'dense_1', units: 2, batch_input_shape: [null, 3] } };
  const model = buildModel(parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: [layer] }));
  const compiles = (spec: object): boolean => {
    try {
      compileModel(model, { optimizer: 'sgd', loss: 'mse', ...spec });
      return true;
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  };
  const optimizers = rowsOf('Optimizers');
  const common = ['clipnorm', 'clipvalue'];

  test('each optimizer takes the arguments of its row, those of all, and no others', () => {
    const all = [...new Set(optimizers.flatMap(({ text }) => codesOf(text)).filter((name) => /^[a-z_0-9]+$/.test(name))), ...common];
    for (const { names: [name], text, status } of optimizers.slice(0, 7)) {
      expect(status).toBe('supported');
      const own = codesOf(text);
      const takes = (argument: string): boolean => compiles({ optimizer: { class_name: name, config: { [argument]: ['nesterov', 'amsgrad'].includes(argument) ? true : 0.5 } } });
      for (const argument of all.filter((argument) => argument !== 'learning_rate')) expect({ name, argument, takes: takes(argument) }).toEqual({ name, argument, takes: [...own, ...common].includes(argument) });
      expect(takes('learning_rate')).toBe(true);
    }
    expect(optimizers.flatMap(({ names }) => names)).toEqual(['SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'Adamax', 'Nadam', 'TFOptimizer', 'clipnorm', 'clipvalue', 'learning_rate']);
    expect(compiles({ optimizer: { class_name: 'TFOptimizer', config: {} } })).toBe(false);
    expect(compiles({ optimizer: { class_name: 'Adam', config: { learning_rate: 0.1, amsgrad: true } } })).toBe(true);
  });

  const textOf = (section: string): string => page.split(`\n## ${section}\n`)[1]!.split('\n## ')[0]!.trim().split('\n\n')[0]!.split('all that Keras')[0]!;

  test('every loss and metric is named, and each that is named can be asked for', () => {
    expect(codesOf(textOf('Losses'))).toEqual(expect.arrayContaining([...losses.keys()]));
    for (const loss of codesOf(textOf('Losses'))) expect({ loss, compiles: compiles({ loss }) }).toEqual({ loss, compiles: true });
    const named = codesOf(textOf('Metrics')).filter((name) => name !== 'k');
    expect(named).toEqual(expect.arrayContaining(['accuracy', ...metrics.keys()]));
    for (const metric of named) expect({ metric, compiles: compiles({ metrics: [metric] }) }).toEqual({ metric, compiles: true });
  });

  test('arguments of later Keras’s losses are taken where the page says so', () => {
    const takes = (class_name: string, config: object): boolean => compiles({ loss: { class_name, config } });
    expect(takes('BinaryCrossentropy', { from_logits: true, label_smoothing: 0.1, axis: -1, reduction: 'sum_over_batch_size' })).toBe(true);
    expect(takes('CategoricalCrossentropy', { from_logits: true, label_smoothing: 0.1, reduction: 'auto' })).toBe(true);
    expect(takes('SparseCategoricalCrossentropy', { from_logits: true })).toBe(true);
    for (const config of [{ from_logits: true }, { label_smoothing: 0.1 }]) expect(takes('MeanSquaredError', config)).toBe(false);
    for (const config of [{ ignore_class: 0 }, { axis: 1 }, { reduction: 'sum' }, { label_smoothing: 0.1 }]) expect(takes('SparseCategoricalCrossentropy', config)).toBe(false);
  });
});
