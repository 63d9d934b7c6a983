""".keras archives: zips that lie, members that Keras does not write, weights that lead elsewhere, configs that name code."""
import io
import json
import pickle
import stat

import h5py
import numpy as np

from corpus import CANARY
from keras3 import dense3, evil, lambda_value, of, sequential3
from zips import Member, archive

KIND = 'keras'
METADATA = json.dumps({'keras_version': '3.15.1', 'date_saved': '2026-01-01@00:00:00'})
NAMES = ('metadata.json', 'config.json', 'model.weights.h5')


def weights(fill=None):
    out = io.BytesIO()
    with h5py.File(out, 'w') as file:
        variables = file.create_group('layers/dense/vars')
        if fill:
            fill(variables)
        else:
            sound(variables)
    return out.getvalue()


def sound(variables, kernel=None):
    if kernel is not False:
        variables.create_dataset('0', data=np.ones((4, 3), 'f4') if kernel is None else kernel)
    variables.create_dataset('1', data=np.zeros(3, 'f4'))


def encode(value):
    return value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value).encode()


def members(config=None, metadata=METADATA, h5=None, deflate=False, **lies):
    """The three members; `lies` are fields of single ones: `config={'local': {...}, 'central': {...}}`."""
    contents = [metadata, sequential3(dense3()) if config is None else config, weights() if h5 is None else h5]
    return [Member(name, encode(content), deflate, **lies.get(name.split('.')[0] + '_lies', {})) for name, content in zip(NAMES, contents)]


class Evil:
    def __reduce__(self):
        return (eval, ('__import__("os").system("id > /tmp/owned")',))


def make(corpus):
    good = lambda name, why, content: corpus.control('archives/%s.keras' % name, KIND, why, content)
    good('sound', 'what model.save writes', archive(members()))
    good('deflated', 'the same, compressed', archive(members(deflate=True)))
    good('comment', 'a comment at the end', archive(members(), comment=b'saved by hand'))
    zips(corpus, lambda name, why, content: corpus.hostile('archives/%s.keras' % name, KIND, why, content))
    contents(lambda name, why, content: corpus.hostile('archives/%s.keras' % name, KIND, why, content))


def zips(corpus, bad):
    whole = archive(members())
    both = lambda **fields: {'local': fields, 'central': fields}
    bad('empty', 'an empty file', b'')
    bad('no_members', 'an empty zip', archive([]))
    bad('no_zip', 'a text', b'this is no archive\n' * 50)
    bad('h5', 'an .h5 named .keras', weights())
    bad('pickle', 'a pickle named .keras', pickle.dumps(Evil()))
    for name, cut in [('half', len(whole) // 2), ('end', len(whole) - 10), ('start', 40)]:
        bad('cut_' + name, 'cut short: ' + name, whole[:cut])
    bad('pickle_inside', 'a pickle beside the model', archive([*members(), Member('optimizer.pkl', pickle.dumps(Evil()))]))
    bad('name_parent', 'a member named ../../../etc/cron.d/x', archive([*members(), Member('../../../etc/cron.d/x', b'* * * * * root id')]))
    bad('name_absolute', 'a member named /etc/passwd', archive([*members(), Member('/etc/passwd', b'root::0:0::/:/bin/sh')]))
    bad('name_backslash', 'a member named ..\\x', archive([*members(), Member('..\\x', b'x')]))
    bad('name_proto', 'a member named __proto__', archive([*members(), Member('__proto__', b'x')]))
    bad('name_config_up', 'config.json behind ./', archive([Member('./' + name, member.packed) for name, member in zip(NAMES, members())]))
    link = {'attributes': (stat.S_IFLNK | 0o777) << 16}
    bad('symlink', 'a symbolic link to /etc/passwd', archive([*members(), Member('assets', b'/etc/passwd', central=link)]))
    bad('symlink_config', 'config.json as a symbolic link', archive(members(config=b'/etc/passwd', config_lies={'central': link})))
    bad('symlink_weights', 'weights as a symbolic link to a sound file', archive(members(h5=CANARY.encode(), model_lies={'central': link})))
    bad('twice', 'config.json twice', archive([*members(), Member('config.json', encode(sequential3(of('Lambda', {'name': 'lambda', 'function': lambda_value()}))))]))
    bad('missing_config', 'no config.json', archive([members()[0], members()[2]]))
    bad('missing_weights', 'no weights', archive(members()[:2]))
    bad('missing_metadata', 'no metadata', archive(members()[1:]))
    bad('encrypted', 'the flag of encryption', archive(members(config_lies=both(flags=1))))
    bad('method', 'a compression that is not read', archive(members(config_lies=both(method=93))))
    bad('crc', 'a checksum that is wrong', archive(members(config_lies=both(crc=7))))
    bad('size_more', 'a config of 4 GB, as the directory has it', archive(members(deflate=True, config_lies={'central': {'size': 0xfffffff0}})))
    bad('size_less', 'a config of 10 bytes, as the directory has it', archive(members(deflate=True, config_lies={'central': {'size': 10}})))
    bad('offset', 'a config that begins beyond the file', archive(members(config_lies={'central': {'offset': 0x7fffffff}})))
    bad('overlap', 'a config that is the metadata', archive([members()[0], Member('config.json', encode(METADATA), at=0), members()[2]]))
    bad('count', 'a directory that announces 60,000 members', archive(members(), count=60_000))
    bad('directory', 'a directory beyond the file', archive(members(), offset=1 << 30))
    bad('names_differ', 'a header that names another member', whole.replace(b'config.json', b'konfig.json', 1))
    zeros = json.dumps(sequential3(dense3())).encode() + b' ' * (60 << 20)
    bad('bomb_config', '60 MiB of spaces behind the config', archive([members()[0], Member('config.json', zeros, True), members()[2]]))
    bad('bomb_weights', '256 MiB of zeros for weights', archive([*members()[:2], Member('model.weights.h5', bytes(256 << 20), True)]))
    bad('bomb_metadata', '256 MiB of spaces for metadata', archive([Member('metadata.json', b' ' * (256 << 20), True), *members()[1:]]))
    bad('nested', 'a .keras in a .keras', archive([Member('model.keras', whole)]))
    bad('nested_config', 'a zip for config.json', archive(members(config=whole)))


def contents(bad):
    config = lambda name, why, value: bad(name, why, archive(members(config=value)))
    h5 = lambda name, why, fill: bad(name, why, archive(members(h5=fill if isinstance(fill, bytes) else weights(fill))))
    config('config_lambda', 'a Lambda', sequential3(of('Lambda', {'name': 'lambda', 'function': lambda_value(), 'arguments': {}})))
    config('config_os', 'a layer from the module os', sequential3(evil('os', 'system')))
    config('config_custom', 'a class registered by an unknown package', sequential3(of('Evil', {'name': 'evil'}, None, 'evil>Evil')))
    config('config_proto', 'the key __proto__', sequential3(dense3(**{'__proto__': {'units': 7}})))
    config('config_json', 'a config that is no JSON', b'{"module": ')
    config('config_list', 'a config that is a list', [])
    config('config_nan', 'a config with NaN', json.dumps(sequential3(dense3())).replace('"units": 3', '"units": NaN'))
    config('config_deep', 'a config 5,000 levels deep', json.dumps(sequential3(dense3())).replace('"linear"', '[' * 5000 + ']' * 5000))
    config('config_huge', 'units of 1e12', sequential3(dense3(units=10 ** 12)))
    config('config_twice', 'a key given twice', json.dumps(sequential3(dense3())).replace('"units": 3', '"units": 3, "units": 4'))
    config('config_other', 'the weights of another model', sequential3(dense3(units=5)))
    compiled = lambda value: {**sequential3(dense3()), 'compile_config': {'optimizer': {'module': 'keras.optimizers', 'class_name': 'SGD', 'config': {'learning_rate': 0.1}, 'registered_name': None}, 'loss': 'mse', 'metrics': None, **value}}
    config('compile_function', 'a loss that is a function of Python', compiled({'loss': of('function', 'system', 'os', 'function')}))
    config('compile_lambda', 'a loss that is a lambda', compiled({'loss': lambda_value()}))
    config('compile_optimizer', 'an optimizer from the module os', compiled({'optimizer': evil('os', 'system')}))
    config('compile_loss_proto', 'a loss named __proto__', compiled({'loss': '__proto__'}))
    bad('metadata_json', 'metadata that are no JSON', archive(members(metadata='{')))
    bad('metadata_version', 'a version of __proto__', archive(members(metadata=json.dumps({'keras_version': '__proto__'}))))
    bad('metadata_list', 'metadata that are a list', archive(members(metadata='[]')))
    h5('weights_no_h5', 'weights that are no HDF5', b'no HDF5 file at all' * 20)
    h5('weights_cut', 'weights that are cut short', weights()[:1500])
    h5('weights_empty', 'weights of nothing', lambda variables: None)
    h5('weights_missing', 'no kernel', lambda variables: sound(variables, False))
    h5('weights_shape', 'a kernel of another shape', lambda variables: sound(variables, np.ones((3, 4), 'f4')))
    h5('weights_more', 'a variable more than the layer has', lambda variables: (sound(variables), variables.create_dataset('2', data=np.zeros(3, 'f4'))))
    h5('weights_dtype', 'a kernel of text', lambda variables: sound(variables, np.full((4, 3), b'text')))
    h5('weights_name', 'a variable with a name in place of a number', lambda variables: (sound(variables), variables.create_dataset('kernel', data=np.zeros(3, 'f4'))))
    h5('weights_soft_link', 'a soft link for a kernel', lambda variables: (sound(variables, False), variables.__setitem__('0', h5py.SoftLink('/layers/dense/vars/1'))))
    h5('weights_external_link', 'an external link for a kernel', lambda variables: (sound(variables, False), variables.__setitem__('0', h5py.ExternalLink(CANARY, '/dense_1/dense_1/kernel:0'))))
    h5('weights_external_storage', 'a kernel whose bytes are in another file', lambda variables: (sound(variables, False), variables.create_dataset('0', (4, 3), 'f4', external=[(CANARY, 0, 48)])))
    h5('weights_huge', 'a kernel of 4 TiB in chunks that are not there', lambda variables: (sound(variables, False), variables.create_dataset('0', (1 << 20, 1 << 20), 'f4', chunks=(1, 1024))))
    h5('weights_bomb', 'a kernel of 1 GiB of one value, no chunk of which is there', lambda variables: (sound(variables, False), variables.create_dataset('0', (1 << 14, 1 << 14), 'f4', chunks=(1 << 10, 1 << 10), fillvalue=7)))
