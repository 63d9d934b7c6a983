"""Weights files and whole models for models/dense.json (a kernel of (4, 3) and a bias): links, lies, damage, foreign types."""
import json
import os
import struct

import h5py
import numpy as np

from corpus import CANARY, FOLDER, write
from keras2 import dense, layer, sequential

KERNEL, BIAS = 'dense_1/kernel:0', 'dense_1/bias:0'
FOR = {'as': 'weights', 'model': 'models/dense.json'}


def fill_sound(group, kernel=None, bias=None):
    group.create_dataset(KERNEL, data=np.arange(12, dtype='f4').reshape(4, 3) if kernel is None else kernel)
    group.create_dataset(BIAS, data=np.zeros(3, 'f4') if bias is None else bias)


def weights_into(file, fill=fill_sound, layer_names=(b'dense_1',), weight_names=(KERNEL.encode(), BIAS.encode()), groups=('dense_1',)):
    file.attrs['layer_names'] = np.array(layer_names)
    file.attrs['backend'] = b'tensorflow'
    file.attrs['keras_version'] = b'2.0.8'
    for name in groups:
        group = file.create_group(name)
        group.attrs['weight_names'] = np.array(weight_names)
        fill(group)


def make(corpus):
    sound(corpus)
    wrong_weights(corpus)
    other_files(corpus)
    damage(corpus)
    whole_models(corpus)


def path_of(name):
    return os.path.join(FOLDER, 'weights', name + '.h5')


def h5(name, fill, libver='earliest'):
    with h5py.File(path_of(name), 'w', libver=libver) as file:
        fill(file)


def sound(corpus):
    def good(name, why, fill, **more):
        h5(name, fill, **more)
        corpus.control('weights/%s.h5' % name, 'h5', why, **FOR)

    good('dense', 'kernel and bias as the model needs them', weights_into)
    good('double', 'double precision', lambda file: weights_into(file, lambda group: fill_sound(group, np.ones((4, 3), 'f8'))))
    good('new_format', "HDF5's newest file format", weights_into, libver='latest')
    good('chunked', 'compressed chunks and a checksum', lambda file: weights_into(file, lambda group: (
        group.create_dataset(KERNEL, data=np.ones((4, 3), 'f4'), chunks=(2, 3), compression='gzip', shuffle=True, fletcher32=True), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))
    good('other_layers', 'a layer without weights beside it', lambda file: (weights_into(file, layer_names=(b'dense_1', b'flatten_1')), file.create_group('flatten_1').attrs.create('weight_names', np.array([], 'f8'))))


def wrong_weights(corpus):
    def bad(name, why, fill):
        h5(name, fill)
        corpus.hostile('weights/%s.h5' % name, 'h5', why, **FOR)

    with_kernel = lambda kernel: lambda file: weights_into(file, lambda group: fill_sound(group, kernel))
    bad('transposed', 'a kernel of (3, 4)', with_kernel(np.ones((3, 4), 'f4')))
    bad('flat', 'a kernel of (12,)', with_kernel(np.ones(12, 'f4')))
    bad('scalar', 'a kernel that is one number', with_kernel(np.float32(1)))
    bad('no_elements', 'a kernel of (0, 3)', with_kernel(np.ones((0, 3), 'f4')))
    bad('one_more_dimension', 'a kernel of (4, 3, 1)', with_kernel(np.ones((4, 3, 1), 'f4')))
    bad('missing_bias', 'no bias', lambda file: weights_into(file, weight_names=(KERNEL.encode(),)))
    bad('extra_weight', 'a weight more than the layer has', lambda file: weights_into(file, lambda group: (fill_sound(group), group.create_dataset('dense_1/extra:0', data=np.ones(3, 'f4'))), weight_names=(KERNEL.encode(), BIAS.encode(), b'dense_1/extra:0')))
    bad('missing_layer', 'a layer name without a group', lambda file: weights_into(file, layer_names=(b'dense_1', b'dense_2')))
    bad('extra_layer', 'a layer more than the model has', lambda file: weights_into(file, layer_names=(b'dense_1', b'dense_2'), groups=('dense_1', 'dense_2')))
    bad('no_layers', 'no layers at all', lambda file: weights_into(file, layer_names=(), groups=()))
    bad('layer_proto', 'a layer named __proto__', lambda file: weights_into(file, layer_names=(b'__proto__',), groups=('__proto__',)))
    bad('layer_parent', 'a layer named ..', lambda file: weights_into(file, layer_names=(b'..',)))
    bad('layer_dot', 'a layer named ./dense_1', lambda file: weights_into(file, layer_names=(b'./dense_1',)))
    bad('layer_empty', 'a layer with an empty name', lambda file: weights_into(file, layer_names=(b'',)))
    bad('layer_long', 'a layer name of 5,000 characters', lambda file: weights_into(file, layer_names=(b'd' * 5000,)))
    bad('names_not_utf8', 'names that are not UTF-8', lambda file: weights_into(file, layer_names=(b'\xff\xfe\x80',)))
    bad('many_names', 'names of 20,000 layers that are not there', lambda file: weights_into(file, layer_names=[b'%03x' % i for i in range(4096)] * 4))
    bad('names_table', 'layer_names of two dimensions', lambda file: weights_into(file, layer_names=((b'dense_1',),)))
    bad('names_scalar', 'layer_names that is one text', lambda file: (weights_into(file), file.attrs.__setitem__('layer_names', b'dense_1')))
    bad('names_references', 'object references for layer_names', lambda file: (weights_into(file), file.attrs.create('layer_names', np.array([file['dense_1'].ref], dtype=h5py.ref_dtype))))
    bad('version_array', 'a keras_version that is an array', lambda file: (weights_into(file), file.attrs.__setitem__('keras_version', np.arange(5))))
    compound = np.zeros(3, dtype=[('a', 'f4'), ('b', 'i4')])
    types = [('compound', compound, None), ('complex', np.zeros((4, 3), 'c8'), None), ('opaque', np.zeros((4, 3), 'V8'), None), ('variable_text', np.array(['a', 'b'], dtype=object), h5py.string_dtype()),
             ('variable_lists', None, h5py.vlen_dtype(np.float32)), ('enumeration', np.zeros((4, 3), 'i1'), h5py.enum_dtype({'a': 0, 'b': 1, 'c': 2}, 'i1')), ('int16', np.zeros((4, 3), 'i2'), None)]
    for name, data, dtype in types:
        create = lambda group, data=data, dtype=dtype: group.create_dataset(KERNEL, data=data, dtype=dtype) if data is not None else group.create_dataset(KERNEL, (4, 3), dtype=dtype)
        bad(name, 'a kernel of another type: ' + name, lambda file, create=create: weights_into(file, lambda group: (create(group), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))
    bad('references', 'object references for a kernel', lambda file: weights_into(file, lambda group: (group.create_dataset(KERNEL, data=np.array([group.ref] * 3, dtype=h5py.ref_dtype)), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))
    # 2 GiB of zeros, in chunks that are there: 64 MiB each, as deflate leaves of them.
    bad('bomb_chunks', '768 MiB of zeros in compressed chunks', lambda file: weights_into(file, lambda group: (
        group.create_dataset(KERNEL, data=np.zeros((3, 1 << 26), 'f4')[:, : 1 << 26], chunks=(1, 1 << 26), compression='gzip', compression_opts=9), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))
    bad('bomb_fill', '1.5 GiB of a fill value, no chunk of which is there', lambda file: weights_into(file, lambda group: (
        group.create_dataset(KERNEL, (3, 1 << 27), 'f4', chunks=(1, 1 << 20), fillvalue=7), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))
    bad('overflow_shape', 'a shape whose size overflows 64 bits', lambda file: weights_into(file, lambda group: (
        group.create_dataset(KERNEL, (1 << 40, 1 << 40), 'f4', chunks=(1, 1024)), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))
    bad('many_dimensions', '32 dimensions of 2^20', lambda file: weights_into(file, lambda group: (
        group.create_dataset(KERNEL, (1 << 20,) * 32, 'f4', chunks=(1,) * 32), group.create_dataset(BIAS, data=np.zeros(3, 'f4')))))


def other_files(corpus):
    def bad(name, why, kernel):
        def fill(group):
            kernel(group)
            if BIAS not in group:
                group.create_dataset(BIAS, data=np.zeros(3, 'f4'))
        h5(name, lambda file: weights_into(file, fill))
        corpus.hostile('weights/%s.h5' % name, 'h5', why, **FOR)

    def link(target):
        return lambda group: group.create_group('dense_1').__setitem__('kernel:0', target)

    def virtual(file, shape=(4, 3)):
        def create(group):
            layout = h5py.VirtualLayout(shape=shape, dtype='f4')
            layout[...] = h5py.VirtualSource(file, '/dense_1/' + KERNEL, shape=shape)
            group.create_virtual_dataset(KERNEL, layout)
        return create

    def loop(group):
        inner = group.create_group('dense_1')
        inner['kernel:0'] = h5py.SoftLink('/dense_1/dense_1/other')
        inner['other'] = h5py.SoftLink('/dense_1/dense_1/kernel:0')

    bad('canary_link', 'an external link to a sound file', link(h5py.ExternalLink(CANARY, '/dense_1/' + KERNEL)))
    bad('canary_link_beside', 'an external link to a file beside it', link(h5py.ExternalLink('dense.h5', '/dense_1/' + KERNEL)))
    bad('canary_link_up', 'an external link with ..', link(h5py.ExternalLink('../../../../../../' + CANARY, '/dense_1/' + KERNEL)))
    bad('canary_storage', 'external storage in a sound file', lambda group: group.create_dataset(KERNEL, (4, 3), 'f4', external=[(CANARY, 0, 48)]))
    bad('canary_storage_file', 'external storage in /etc/hostname', lambda group: group.create_dataset(KERNEL, (4, 3), 'f4', external=[('/etc/hostname', 0, 48)]))
    bad('canary_virtual', 'a virtual dataset over a sound file', virtual(CANARY))
    bad('canary_virtual_itself', 'a virtual dataset over the file itself', virtual('.'))
    bad('soft_link_loop', 'two soft links that name each other', loop)
    bad('soft_link_itself', 'a soft link that names itself', link(h5py.SoftLink('/dense_1/dense_1/kernel:0')))


def damage(corpus):
    whole = open(path_of('dense'), 'rb').read()

    def bad(name, why, content):
        write('weights/%s.h5' % name, content)
        corpus.hostile('weights/%s.h5' % name, 'h5', why, **FOR)

    for cut in [0, 7, 8, 50, 96, 512, 1024, len(whole) // 2, len(whole) - 200, len(whole) - 1]:
        bad('cut_at_%d' % cut, 'cut after %d bytes of %d' % (cut, len(whole)), whole[:cut])
    bad('no_hdf5', 'a text', b'this is no HDF5 file\n' * 100)
    bad('zip_as_h5', 'a zip', b'PK\x03\x04' + bytes(2000))

    def patched(at, value, size=8):
        out = bytearray(whole)
        out[at:at + size] = struct.pack('<Q', value)[:size]
        return bytes(out)

    # Superblock version 0 (HDF5 file format specification, II.A): sizes at 13 and 14, base, end and root's header address behind.
    bad('superblock_version', 'a superblock of version 200', patched(8, 200, 1))
    bad('superblock_offsets', 'offsets of 200 bytes', patched(13, 200, 1))
    bad('superblock_lengths', 'lengths of 0 bytes', patched(14, 0, 1))
    bad('superblock_base', 'a base address beyond the file', patched(24, 1 << 60))
    bad('superblock_end', 'an end of file at 2^62', patched(40, 1 << 62))
    bad('superblock_root', "the root's header beyond the file", patched(64, 1 << 50))
    bad('superblock_root_itself', "the root's header in the superblock itself", patched(64, 8))
    shape = struct.pack('<QQ', 4, 3)
    at = whole.index(shape)
    lie = lambda rows, columns: whole.replace(shape, struct.pack('<QQ', rows, columns))
    assert at > 0
    bad('lying_shape', 'a kernel that claims 2^31 rows', lie(1 << 31, 3))
    bad('lying_shape_rows', 'a kernel of 400,000 rows in the bytes of four', lie(400_000, 3))
    bad('lying_shape_negative', 'a kernel of −1 rows, as 64 bits', lie((1 << 64) - 1, 3))
    bad('zeros', 'the signature, then zeros', whole[:8] + bytes(len(whole) - 8))
    bad('ones', 'the superblock, then ones', whole[:96] + b'\xff' * (len(whole) - 96))


def whole_models(corpus):
    training = {'optimizer_config': {'class_name': 'SGD', 'config': {'lr': 0.1, 'momentum': 0.0, 'decay': 0.0, 'nesterov': False}}, 'loss': 'mse', 'metrics': [], 'sample_weight_mode': None, 'loss_weights': None}

    def model_file(name, config, training_config=None, fill=weights_into, version=b'2.0.8'):
        def write_all(file):
            file.attrs['keras_version'] = version
            file.attrs['backend'] = b'tensorflow'
            file.attrs['model_config'] = config if isinstance(config, (bytes, np.ndarray)) else json.dumps(config).encode()
            if training_config is not None:
                file.attrs['training_config'] = training_config if isinstance(training_config, bytes) else json.dumps(training_config).encode()
            if fill:
                fill(file.create_group('model_weights'))
        h5('model_' + name, write_all)
        return 'weights/model_%s.h5' % name

    good = lambda name, why, *args, **more: corpus.control(model_file(name, *args, **more), 'h5', why, **{'as': 'whole_model'})
    bad = lambda name, why, *args, **more: corpus.hostile(model_file(name, *args, **more), 'h5', why, **{'as': 'whole_model'})
    config = {key: value for key, value in sequential(dense()).items() if key in ('class_name', 'config')}
    good('sound', 'a whole model', config)
    good('compiled', 'a whole model with its compile arguments', config, training)
    bad('json', 'a model_config that is no JSON', b'{"class_name": ')
    bad('number', 'a model_config of numbers', np.arange(4))
    bad('no_weights', 'no model_weights', config, fill=None)
    bad('lambda', 'a model_config with a Lambda', sequential(dense(), layer('Lambda', 'lambda_1', function=['4wEAAA==', None, None], function_type='lambda')))
    bad('proto', 'a model_config with the key __proto__', sequential(dense(**{'__proto__': {'polluted': True}})))
    bad('other_weights', 'weights of another model', sequential(dense(units=5)))
    bad('huge', 'units of 1e12 with the weights of three', sequential(dense(units=10 ** 12)))
    bad('unknown_layer', 'a layer that Keras does not have', sequential(layer('DoesNotExist', 'dense_1')))
    bad('deep', 'a model_config 3,000 levels deep', json.dumps(config).replace('"linear"', '[' * 3000 + ']' * 3000).encode())
    bad('version_proto', 'a keras_version of __proto__', config, version=b'__proto__')
    bad('training_json', 'a training_config that is no JSON', config, b'{')
    bad('training_list', 'a training_config that is a list', config, [1, 2])
    bad('training_optimizer', 'an optimizer named __proto__', config, {**training, 'optimizer_config': {'class_name': '__proto__', 'config': {}}})
    bad('training_loss', 'a loss that names a Python function', config, {**training, 'loss': 'os.system'})
    bad('training_loss_proto', 'a loss named constructor', config, {**training, 'loss': 'constructor'})
    bad('training_metric', 'a metric named toString', config, {**training, 'metrics': ['toString']})
    bad('training_proto', 'compile arguments with the key __proto__', config, json.dumps(training).replace('"metrics"', '"__proto__": {"polluted": true}, "metrics"').encode())
    bad('link', 'model_weights behind a link to another file', config, fill=None)
    with h5py.File(path_of('model_link'), 'a') as file:
        file['model_weights'] = h5py.ExternalLink(CANARY, '/')
    sound_bytes = open(path_of('model_compiled'), 'rb').read()
    write('weights/model_cut.h5', sound_bytes[:len(sound_bytes) * 2 // 3])
    corpus.hostile('weights/model_cut.h5', 'h5', 'a whole model, cut short', **{'as': 'whole_model'})
