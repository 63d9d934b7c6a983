"""Weights files of one layer with one kernel of (2, 3), each wrong in one way, for models/kernel.json.

The tests of packages/keras-format read them too, file by file.
"""
import h5py
import numpy as np

from corpus import FOLDER

KERNEL = 'dense_1/kernel:0'
FOR = {'as': 'weights', 'model': 'models/kernel.json'}


def weights_file(name, fill, layer_names=np.array([b'dense_1']), weight_names=np.array([KERNEL.encode()])):
    """A weights file whose one layer group is filled by `fill(group)`."""
    with h5py.File('%s/weights/%s.h5' % (FOLDER, name), 'w') as file:
        file.attrs['layer_names'] = layer_names
        file.attrs['backend'] = b'tensorflow'
        file.attrs['keras_version'] = b'2.0.8'
        group = file.create_group('dense_1')
        group.attrs['weight_names'] = weight_names
        fill(group)


def sound(group, dtype='f4'):
    group.create_dataset(KERNEL, data=np.arange(6).reshape(2, 3).astype(dtype))


def linked(link):
    def fill(group):
        group.create_group('dense_1')['kernel:0'] = link
    return fill


def external_storage(path):
    return lambda group: group.create_dataset(KERNEL, (4,), 'f4', external=[(path, 0, 16)])


def virtual(group):
    layout = h5py.VirtualLayout(shape=(4,), dtype='f4')
    layout[:] = h5py.VirtualSource('/etc/passwd', 'data', shape=(4,))
    group.create_virtual_dataset(KERNEL, layout)


def layer_behind_link(link):
    def fill(group):
        file = group.file
        file['elsewhere'] = group
        sound(group)
        del file['dense_1']
        file['dense_1'] = link
    return fill


def group_in_itself(group):
    group['dense_1'] = group
    group.create_dataset('kernel:0', data=np.zeros(2, 'f4'))


def make(corpus):
    def bad(name, why, fill, **more):
        weights_file(name, fill, **more)
        corpus.hostile('weights/%s.h5' % name, 'h5', why, **FOR)

    def good(name, why, fill, model='models/kernel.json'):
        weights_file(name, fill)
        corpus.control('weights/%s.h5' % name, 'h5', why, **{**FOR, 'model': model})

    good('sound', 'a kernel as the model needs it', sound)
    good('big_endian', 'a big-endian kernel', lambda group: sound(group, '>f4'))
    # A megabyte of zeros in a kilobyte: the size that is declared counts, not that of the file.
    good('compressed', 'a megabyte of zeros in two kilobytes', lambda group: group.create_dataset(KERNEL, data=np.zeros((512, 512), 'f4'), compression='gzip'), 'models/kernel_512.json')

    bad('external_link', 'a link to another file', linked(h5py.ExternalLink('/etc/passwd', '/data')))
    bad('external_link_to_layer', 'a link to another file for a layer', layer_behind_link(h5py.ExternalLink('/etc/passwd', '/dense_1')))
    bad('soft_link', 'a soft link', linked(h5py.SoftLink('/dense_1')))
    bad('soft_link_to_layer', 'a soft link for a layer', layer_behind_link(h5py.SoftLink('/elsewhere')))
    bad('soft_link_to_nothing', 'a soft link to nothing', linked(h5py.SoftLink('/nowhere')))
    bad('external_storage', 'an array whose bytes are in /etc/passwd', external_storage('/etc/passwd'))
    bad('external_storage_device', 'an array whose bytes are in /dev/urandom', external_storage('/dev/urandom'))
    bad('virtual_dataset', 'a virtual dataset over another file', virtual)
    bad('huge_chunked', '4 TiB declared in chunks that are not there', lambda group: group.create_dataset(KERNEL, (1 << 40,), 'f4', chunks=(1024,)))
    bad('huge_contiguous', '4 TiB declared', lambda group: group.create_dataset(KERNEL, (1 << 20, 1 << 20), 'f4'))
    bad('half_precision', 'half precision, which Keras does not write', lambda group: sound(group, 'f2'))
    bad('unsigned_64', 'unsigned 64-bit integers', lambda group: sound(group, 'u8'))
    bad('text_as_weight', 'text for a weight', lambda group: group.create_dataset(KERNEL, data=np.array([b'abc'])))
    bad('empty_dataspace', 'an empty dataspace', lambda group: group.create_dataset(KERNEL, data=h5py.Empty('f4')))
    bad('group_as_weight', 'a group for a weight', lambda group: group.create_group(KERNEL))
    bad('missing_weight', 'a weight that is not there', lambda group: None)
    bad('parent_in_name', 'a name with ..', sound, weight_names=np.array([b'../dense_1/dense_1/kernel:0']))
    bad('absolute_name', 'an absolute name', sound, weight_names=np.array([b'/dense_1/dense_1/kernel:0']))
    bad('numbers_as_names', 'numbers for names', sound, layer_names=np.array([1, 2, 3]))
    bad('same_layer_twice', 'a layer twice', sound, layer_names=np.array([b'dense_1', b'dense_1']))
    bad('no_weight_names', 'no names', sound, weight_names=h5py.Empty('f8'))
    bad('group_in_itself', 'a group within itself, and a shape that is not the model\'s', group_in_itself)
    bad('booleans', 'booleans, of a shape that is not the model\'s', lambda group: group.create_dataset(KERNEL, data=np.array([True, False])))
    with h5py.File(FOLDER + '/weights/no_layer_names.h5', 'w') as file:
        file['x'] = 1.
    corpus.hostile('weights/no_layer_names.h5', 'h5', 'no layer_names', **FOR)
