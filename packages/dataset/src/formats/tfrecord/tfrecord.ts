import { oneByOne, type Format } from '../format.js';
import { detectCompression } from './frames.js';
import { TfrecordSchema } from './schema.js';
import { TfrecordTable } from './tfrecord-table.js';

/** Each TFRecord file of tf.train.Examples is a table. */
export const tfrecord: Format = {
  name: 'tfrecord',
  suffixes: ['.tfrecord', '.tfrecords', '.tfrec', '.tfrecord.gz', '.tfrecords.gz', '.tfrec.gz'],
  group: oneByOne,
  open: async ([file], source, first) => {
    const compression = source.tfrecord?.compression ?? (await detectCompression(file));
    return new TfrecordTable(file, compression, first instanceof TfrecordTable ? first.schema : await TfrecordSchema.read(file, compression, source.tfrecord));
  },
};
