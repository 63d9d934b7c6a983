"""Model JSON: names of JavaScript's own, graphs that do not hold together, wrong types, sizes beyond any memory, code."""
import copy
import json

from keras2 import called, conv, dense, functional, images, input_layer, layer, lstm, model, pooling, sequences, sequential, two_layers
from keras3 import BYTECODE, dense3, evil, lambda_value, of, sequential3

KIND = 'model_json'
OWN_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']


def make(corpus):
    controls(corpus)
    names(corpus)
    graphs(corpus)
    types(corpus)
    sizes(corpus)
    text(corpus)
    code(corpus)
    keras1(corpus)
    keras3(corpus)


def controls(corpus):
    good = lambda name, why, content: corpus.control('models/%s.json' % name, KIND, why, content)
    good('dense', 'one Dense: what the weights files of this folder are for', sequential(dense()))
    good('kernel', 'one Dense without bias: what the files of one kernel are for', sequential(dense(use_bias=False), shape=(None, 2)))
    good('kernel_512', 'a Dense of 512 × 512', sequential(dense(units=512, use_bias=False), shape=(None, 512)))
    good('functional', 'two Dense in a chain', functional(two_layers()))
    good('conv', 'a convolution, pooling, Flatten', images(conv(), pooling(), layer('Flatten', 'flatten_1'), dense()))
    good('recurrent', 'Embedding and LSTM', sequential(layer('Embedding', 'embedding_1', input_dim=20, output_dim=4, input_length=5), lstm(), shape=(None, 5)))
    good('wrapped', 'TimeDistributed and Bidirectional', sequences(layer('TimeDistributed', 'time_distributed_1', layer=dense()), layer('Bidirectional', 'bidirectional_1', layer=lstm(), merge_mode='concat')))
    good('shared', 'a layer that is called twice, and an Add', functional([
        input_layer(), input_layer('input_2'), {**called(dense(), 'input_1'), 'inbound_nodes': [[['input_1', 0, 0, {}]], [['input_2', 0, 0, {}]]]},
        called(layer('Add', 'add_1'), ('dense_1', 0, 0), ('dense_1', 1, 0))], [('input_1', 0, 0), ('input_2', 0, 0)], [('add_1', 0, 0)]))
    good('nested_calls', 'a model called three times in a model called three times', nest(2, 3))
    good('repeated', 'RepeatVector, UpSampling1D, ZeroPadding1D of sensible sizes', sequential(
        dense(), layer('RepeatVector', 'repeat_vector_1', n=5), layer('UpSampling1D', 'up_sampling1d_1', size=2), layer('ZeroPadding1D', 'zero_padding1d_1', padding=[1, 1])))
    good('initializers', 'initializers, regularizers and constraints by class and config', sequential(dense(
        kernel_initializer={'class_name': 'VarianceScaling', 'config': {'scale': 1.0, 'mode': 'fan_avg', 'distribution': 'uniform', 'seed': None}},
        kernel_regularizer={'class_name': 'L1L2', 'config': {'l1': 0.0, 'l2': 0.01}}, kernel_constraint={'class_name': 'MaxNorm', 'config': {'max_value': 2, 'axis': 0}})))
    good('names', 'names with spaces, slashes, umlauts and a length of 200', functional([
        input_layer(), called(dense('block 1/größe'), 'input_1'), called(dense('d' * 200), 'block 1/größe')], outputs=[('d' * 200, 0, 0)]))
    corpus.control('models/spread.json', KIND, 'the same model, indented and with its keys in another order', json.dumps(dict(reversed(sequential(dense()).items())), indent=4))


def names(corpus):
    bad = lambda name, why, content: corpus.hostile('models/names/%s.json' % name, KIND, why, content)
    for own in OWN_NAMES:
        short = own.strip('_').lower()
        bad('class_' + short, 'a layer of the class ' + own, sequential(dense(), layer(own, 'dense_2')))
        bad('layer_' + short, 'a layer named ' + own, functional([input_layer(), called(dense(own), 'input_1')], outputs=[(own, 0, 0)]))
        bad('activation_' + short, 'an activation named ' + own, sequential(dense(activation=own)))
        bad('initializer_' + short, 'an initializer named ' + own, sequential(dense(kernel_initializer=own)))
    bad('initializer_class_proto', 'an initializer of the class __proto__', sequential(dense(kernel_initializer={'class_name': '__proto__', 'config': {}})))
    bad('regularizer_class_constructor', 'a regularizer of the class constructor', sequential(dense(kernel_regularizer={'class_name': 'constructor', 'config': {}})))
    bad('constraint_class_valueof', 'a constraint of the class valueOf', sequential(dense(kernel_constraint={'class_name': 'valueOf', 'config': {}})))
    bad('model_class_proto', 'a model of the class __proto__', model('__proto__', [dense(batch_input_shape=[None, 4])]))
    bad('wrapped_class_constructor', 'TimeDistributed over the class constructor', sequences(layer('TimeDistributed', 'time_distributed_1', layer=layer('constructor', 'dense_1'))))
    bad('key_proto', 'a config with the key __proto__', sequential(dense(**{'__proto__': {'units': 7, 'polluted': True}})))
    bad('key_constructor', 'a config with constructor.prototype', sequential(dense(constructor={'prototype': {'polluted': True}})))
    bad('key_proto_top', 'the key __proto__ beside class_name', {**sequential(dense()), '__proto__': {'polluted': True}})
    bad('key_proto_for_units', 'units inherited from __proto__', json.dumps(sequential(dense())).replace('"units": 3', '"__proto__": {"units": 3}'))
    bad('keyword_proto', "a call's keyword argument __proto__", functional([input_layer(), {**called(dense(), 'input_1'), 'inbound_nodes': [[['input_1', 0, 0, {'__proto__': {'mask': 1}}]]]}], outputs=[('dense_1', 0, 0)]))
    bad('reference_proto', 'an inbound node that names __proto__', functional([input_layer(), called(dense(), '__proto__')], outputs=[('dense_1', 0, 0)]))
    bad('class_unknown', 'a layer class that Keras does not have', sequential(dense(), layer('DoesNotExist', 'x')))
    bad('activation_unknown', 'an activation that Keras does not have', sequential(dense(activation='does_not_exist')))
    bad('activation_path', 'an activation named like a path', sequential(dense(activation='../../../../etc/passwd')))
    bad('merge_mode_proto', 'a merge mode named __proto__', sequences(layer('Bidirectional', 'bidirectional_1', layer=lstm(), merge_mode='__proto__')))
    bad('dtype_constructor', 'a dtype named constructor', sequential(dense(dtype='constructor')))
    bad('name_empty', 'a layer with an empty name', sequential(dense('')))
    bad('name_long', 'a layer with a name of 5,000 characters', sequential(dense('d' * 5000)))
    bad('name_nul', 'a layer name with a NUL', sequential(dense('dense\0_1')))
    bad('name_twice', 'two layers of one name', sequential(dense(), dense()))


def graphs(corpus):
    bad = lambda name, why, content: corpus.hostile('models/graphs/%s.json' % name, KIND, why, content)
    chain = lambda *inbound: functional([input_layer(), called(dense(), *inbound), called(dense('dense_2'), 'dense_1')])
    bad('cycle', 'two layers that wait for each other', functional([input_layer(), called(layer('Add', 'add_1'), 'input_1', 'dense_1'), called(dense(units=4), 'add_1'), called(dense('dense_2'), 'dense_1')]))
    bad('self', 'a layer called on its own output', functional([input_layer(), called(layer('Add', 'add_1'), 'input_1', 'add_1')], outputs=[('add_1', 0, 0)]))
    bad('missing_layer', 'an inbound node of a layer that is not there', chain('no_such_layer'))
    bad('missing_node', 'an inbound node of a call that is not there', chain(('input_1', 7, 0)))
    bad('missing_tensor', 'an inbound node of an output that is not there', chain(('input_1', 0, 3)))
    bad('negative_node', 'a negative node index', chain(('input_1', -1, 0)))
    bad('huge_node', 'a node index of 1e15', chain(('input_1', 10 ** 15, 0)))
    bad('fraction_node', 'a node index of 0.5', chain(('input_1', 0.5, 0)))
    bad('text_node', 'a node index that is text', chain(('input_1', '0', 0)))
    bad('no_inbound', 'a Dense that is called on nothing', functional([input_layer(), called(dense()), called(dense('dense_2'), 'dense_1')]))
    bad('no_inbound_field', 'a layer without inbound_nodes', functional([input_layer(), {key: value for key, value in called(dense('dense_2'), 'input_1').items() if key != 'inbound_nodes'}]))
    bad('missing_output', 'an output of a layer that is not there', functional(two_layers(), outputs=[('dense_9', 0, 0)]))
    bad('missing_input', 'an input that is not there', functional(two_layers(), inputs=[('input_9', 0, 0)]))
    bad('no_outputs', 'no outputs', functional(two_layers(), outputs=[]))
    bad('inner_input', 'an input that is no InputLayer', functional(two_layers(), inputs=[('dense_1', 0, 0)]))
    bad('add_shapes', 'an Add of shapes that do not meet', functional([input_layer(), called(dense(units=3), 'input_1'), called(dense('dense_2', units=5), 'input_1'), called(layer('Add', 'add_1'), 'dense_1', 'dense_2')], outputs=[('add_1', 0, 0)]))
    bad('disconnected', 'an output that does not come from the inputs', functional([input_layer(), input_layer('input_2'), called(dense(), 'input_2')], outputs=[('dense_1', 0, 0)]))
    bad('empty_sequential', 'a Sequential of nothing', model('Sequential', []))
    bad('no_input_shape', 'a Sequential whose first layer has no shape', model('Sequential', [dense()]))
    bad('call_bomb', 'models that call models ten times, nine levels deep: a billion calls in 10 kB', nest(9, 10))


def nest(depth, calls):
    """A Dense called `calls` times in a model, that called `calls` times in a model, and so on."""
    inner = dense('dense_0', 4)
    for level in range(depth):
        name = 'model_%d' % level
        first = 0 if level == 0 else 1  # a model's calls count from 1: node 0 is its own inside
        inner_name = inner['config']['name']
        here = called(inner, 'input_1')
        here['inbound_nodes'] = [[['input_1', 0, 0, {}]]] + [[[inner_name, first + call, 0, {}]] for call in range(calls - 1)]
        inner = {'class_name': 'Model', 'config': {'name': name, 'layers': [input_layer(), here], 'input_layers': [['input_1', 0, 0]], 'output_layers': [[inner_name, first + calls - 1, 0]]}}
    return {**inner, 'keras_version': '2.0.8', 'backend': 'tensorflow'}


def types(corpus):
    bad = lambda name, why, content: corpus.hostile('models/types/%s.json' % name, KIND, why, content)
    for name, value in [('null', None), ('number', 7), ('text', 'model'), ('list', []), ('true', True)]:
        bad('model_' + name, 'not an object: ' + name, value)
        bad('config_' + name, 'a layer config that is no object: ' + name, sequential(dense(), {'class_name': 'Dense', 'config': value}))
    for name, value in [('text', '3'), ('list', [3]), ('object', {'3': 3}), ('true', True), ('null', None), ('fraction', 3.5)]:
        bad('units_' + name, 'units of another type: ' + name, sequential(dense(units=value)))
    bad('class_list', 'a class name that is a list', sequential(dense(), {'class_name': ['Dense'], 'config': {'name': 'x', 'units': 3}}))
    bad('name_number', 'a layer name that is a number', sequential(dense(7)))
    bad('layers_object', 'layers that are an object', functional({'0': input_layer(), 'length': 1}))
    bad('layer_null', 'a layer that is null', model('Sequential', [dense(batch_input_shape=[None, 4]), None]))
    bad('kernel_size_text', 'a kernel size that is text', images(conv(kernel_size='33')))
    bad('kernel_size_three', 'three kernel sizes for two axes', images(conv(kernel_size=[3, 3, 3])))
    bad('shape_text', 'an input shape that is text', sequential(dense(), shape='(None, 4)'))
    bad('shape_nested', 'an input shape of lists', sequential(dense(), shape=(None, [4])))
    bad('shape_fraction', 'an input shape with a fraction', sequential(dense(), shape=(None, 4.5)))
    bad('use_bias_text', 'use_bias that is text', sequential(dense(use_bias='false')))
    bad('activation_number', 'an activation that is a number', sequential(dense(activation=3)))
    bad('initializer_list', 'an initializer that is a list', sequential(dense(kernel_initializer=['zeros'])))
    bad('rate_text', 'a dropout rate that is text', sequential(dense(), layer('Dropout', 'dropout_1', rate='0.5')))
    bad('wrapped_text', 'TimeDistributed over a text', sequences(layer('TimeDistributed', 'time_distributed_1', layer='Dense')))
    bad('version_number', 'a keras_version that is a number', {**sequential(dense()), 'keras_version': 2})
    bad('version_path', 'a keras_version that is a path', {**sequential(dense()), 'keras_version': '../../2.0.8'})


def sizes(corpus):
    bad = lambda name, why, content: corpus.hostile('models/sizes/%s.json' % name, KIND, why, content)
    for name, value in [('1e12', 10 ** 12), ('1e308', 1e308), ('negative', -3), ('zero', 0), ('beyond_double', 10 ** 400)]:
        bad('units_' + name, 'units: ' + name, sequential(dense(units=value)))
    bad('kernel_size_huge', 'kernels of 1e9 × 1e9', images(conv(kernel_size=[10 ** 9, 10 ** 9], padding='same')))
    bad('kernel_size_zero', 'kernels of 0 × 0', images(conv(kernel_size=[0, 0])))
    bad('kernel_size_negative', 'kernels of −1 × 3', images(conv(kernel_size=[-1, 3])))
    bad('kernel_beyond_input', 'a kernel larger than its input', images(conv(kernel_size=[9, 9])))
    bad('strides_zero', 'strides of 0', images(conv(strides=[0, 0])))
    bad('strides_negative', 'negative strides', images(conv(strides=[-1, -1])))
    bad('dilation_zero', 'a dilation of 0', images(conv(dilation_rate=[0, 0])))
    bad('filters_huge', '1e15 filters', images(conv(filters=10 ** 15)))
    bad('pool_zero', 'pools of 0', images(pooling(pool_size=[0, 0])))
    bad('pool_strides_zero', 'pools with strides of 0', images(pooling(strides=[0, 0])))
    bad('reshape_overflow', 'a Reshape to 2^40 × 2^40', sequential(layer('Reshape', 'reshape_1', target_shape=[2 ** 40, 2 ** 40])))
    bad('reshape_two_unknown', 'a Reshape with two unknown dimensions', sequential(layer('Reshape', 'reshape_1', target_shape=[-1, -1])))
    bad('repeat_huge', 'RepeatVector of 1e12', sequential(dense(), layer('RepeatVector', 'repeat_vector_1', n=10 ** 12)))
    bad('repeat_negative', 'RepeatVector of −5', sequential(dense(), layer('RepeatVector', 'repeat_vector_1', n=-5)))
    bad('up_sampling_huge', 'UpSampling2D by a million', images(layer('UpSampling2D', 'up_sampling2d_1', size=[10 ** 6, 10 ** 6], data_format='channels_last')))
    bad('padding_huge', 'ZeroPadding2D of 1e12', images(layer('ZeroPadding2D', 'zero_padding2d_1', padding=[[10 ** 12, 0], [0, 0]], data_format='channels_last')))
    bad('padding_negative', 'ZeroPadding2D of −3', images(layer('ZeroPadding2D', 'zero_padding2d_1', padding=[[-3, -3], [0, 0]], data_format='channels_last')))
    bad('cropping_all', 'Cropping2D of more than there is', images(layer('Cropping2D', 'cropping2d_1', cropping=[[5, 5], [0, 0]], data_format='channels_last')))
    bad('embedding_huge', 'an Embedding of 1e15 rows', sequential(layer('Embedding', 'embedding_1', input_dim=10 ** 15, output_dim=64), shape=(None, 5)))
    bad('input_huge', 'an input of 2^53 numbers', sequential(dense(), shape=(None, 2 ** 53)))
    bad('input_overflow', 'an input whose size overflows, flattened', sequential(layer('Flatten', 'flatten_1'), dense(), shape=(None, 2 ** 40, 2 ** 40)))
    bad('input_zero', 'an input of 0 numbers', sequential(dense(), shape=(None, 0)))
    bad('input_negative', 'an input of −4 numbers', sequential(dense(), shape=(None, -4)))
    bad('lstm_huge', 'an LSTM of 1e9 units', sequences(lstm(units=10 ** 9)))
    bad('many_dimensions', 'an input of 500 dimensions', sequential(layer('Activation', 'activation_1', activation='relu'), shape=(None, *[1] * 500)))
    bad('rate_beyond_double', 'a dropout rate of 1e999', json.dumps(sequential(dense(), layer('Dropout', 'dropout_1', rate=12345))).replace('12345', '1e999'))
    bad('alpha_beyond_double', 'a LeakyReLU slope of −1e999', json.dumps(sequential(dense(), layer('LeakyReLU', 'leaky_re_lu_1', alpha=12345))).replace('12345', '-1e999'))
    bad('permute_outside', 'a Permute of an axis that is not there', sequences(layer('Permute', 'permute_1', dims=[1, 9])))
    layers = [{'class_name': 'Activation', 'config': {'name': 'a%d' % i, 'activation': 'relu', **({'batch_input_shape': [None, 4]} if i == 0 else {})}} for i in range(25_000)]
    corpus.hostile('models/sizes/many_layers.json.gz', KIND, '25,000 layers', model('Sequential', layers))
    fan = functional([input_layer(), {**called(dense(), 'input_1'), 'inbound_nodes': [[['input_1', 0, 0, {}]]] * 150_000}], outputs=[('dense_1', 0, 0)])
    corpus.hostile('models/sizes/many_calls.json.gz', KIND, 'a layer called 150,000 times', fan)
    wide = functional([input_layer(), called(layer('Add', 'add_1'), *['input_1'] * 150_000)], outputs=[('add_1', 0, 0)])
    corpus.hostile('models/sizes/many_inputs.json.gz', KIND, 'a call on 150,000 tensors', wide)


def text(corpus):
    bad = lambda name, why, content, suffix='': corpus.hostile('models/text/%s.json%s' % (name, suffix), KIND, why, content)
    sound = json.dumps(sequential(dense(), layer('Dropout', 'dropout_1', rate=0.25)))
    bad('nan', 'the token NaN, which JSON does not have', sound.replace('0.25', 'NaN'))
    bad('infinity', 'the token Infinity', sound.replace('0.25', 'Infinity'))
    bad('minus_infinity', 'the token -Infinity', sound.replace('0.25', '-Infinity'))
    bad('truncated', 'cut in the middle', sound[:len(sound) // 2])
    bad('trailing', 'more behind the model', sound + ' {"class_name": "Lambda"}')
    bad('empty', 'an empty file', '')
    bad('single_quotes', "Python's repr in place of JSON", str(sequential(dense())))
    bad('comment', 'a comment', '/* a model */ ' + sound)
    bad('hexadecimal', 'a hexadecimal number', sound.replace('"units": 3', '"units": 0x3'))
    bad('utf16', 'UTF-16 text', sound.encode('utf-16'))
    bad('duplicate_class', 'class_name twice in a layer', sound.replace('"class_name": "Dense"', '"class_name": "Activation", "class_name": "Dense"'))
    bad('duplicate_config', 'config twice', sound.replace('"keras_version"', '"config": [], "keras_version"'))
    bad('duplicate_escaped', 'units twice, once with an escape', sound.replace('"units": 3', '"units": 3, "\\u0075nits": 1000000000000'))
    bad('deep_lists', 'lists 100,000 levels deep', '[' * 100_000 + ']' * 100_000, '.gz')
    bad('deep_objects', 'objects 5,000 levels deep in a config', sound.replace('"linear"', '{"a":' * 5000 + '1' + '}' * 5000), '.gz')
    bad('deep_models', 'Sequentials 300 levels deep', sequential_in_sequential(300), '.gz')
    bad('deep_wrappers', 'TimeDistributed 300 levels deep', wrapped(300), '.gz')
    corpus.control('models/deep_enough.json', KIND, 'Sequentials 8 levels deep', sequential_in_sequential(8))


def sequential_in_sequential(depth):
    inner = sequential(dense(units=4))
    for _ in range(depth):
        inner = model('Sequential', [inner])
    return inner


def wrapped(depth):
    inner = dense()
    for level in range(depth):
        inner = layer('TimeDistributed', 'time_distributed_%d' % level, layer=inner)
    inner['config']['batch_input_shape'] = [None, 5, 4]
    return model('Sequential', [inner])


def code(corpus):
    bad = lambda name, why, content: corpus.hostile('models/code/%s.json' % name, KIND, why, content)
    function = {'function': [BYTECODE, None, None], 'function_type': 'lambda', 'output_shape': None, 'output_shape_type': 'raw', 'arguments': {}}
    bad('lambda', 'a Lambda with marshalled bytecode', sequential(dense(), layer('Lambda', 'lambda_1', **function)))
    bad('lambda_named', "a Lambda that names a function of Python's", sequential(dense(), layer('Lambda', 'lambda_1', function='os.system', function_type='function')))
    bad('lambda_in_time_distributed', 'a Lambda in TimeDistributed', sequences(layer('TimeDistributed', 'time_distributed_1', layer=layer('Lambda', 'lambda_1', **function))))
    bad('lambda_in_bidirectional', 'a Lambda in Bidirectional', sequences(layer('Bidirectional', 'bidirectional_1', layer=layer('Lambda', 'lambda_1', **function))))
    bad('lambda_in_model', 'a Lambda in a nested model', sequential(dense(), model('Sequential', [dense('d', batch_input_shape=[None, 3]), layer('Lambda', 'lambda_1', **function)])))
    bad('function_type', 'bytecode in the config of a Dense', sequential(dense(**function)))
    bad('merge_mode', "Keras 1's Merge with a lambda mode", {**sequential(layer('Merge', 'merge_1', mode=[BYTECODE, None, None], mode_type='lambda')), 'keras_version': '1.2.2'})
    bad('activation_lambda', 'an activation of class __lambda__', sequential(dense(activation={'class_name': '__lambda__', 'config': {'value': BYTECODE}})))
    bad('activation_function', 'an activation of class function', sequential(dense(activation={'module': 'builtins', 'class_name': 'function', 'config': 'eval', 'registered_name': 'function'})))
    bad('initializer_code', 'an initializer that is bytecode', sequential(dense(kernel_initializer={'class_name': '__lambda__', 'config': {'code': BYTECODE, 'defaults': None, 'closure': None}})))
    bad('custom_layer', 'a layer of a package of its own', sequential(dense(), layer('mypackage>Evil', 'evil_1')))
    bad('op_layer', "TensorFlow's ops as layers", sequential(dense(), layer('TFOpLambda', 'tf.io.read_file', function='io.read_file')))
    bad('tensorflow_op', 'a TensorFlowOpLayer with a node of its own', sequential(dense(), layer('TensorFlowOpLayer', 'read', node_def='{"name": "read", "op": "ReadFile"}', constants={'0': '/etc/passwd'})))


def keras1(corpus):
    bad = lambda name, why, content: corpus.hostile('models/keras1/%s.json' % name, KIND, why, content)

    def dense1(**config):
        return {'class_name': 'Dense', 'config': {'name': 'dense_1', 'trainable': True, 'batch_input_shape': [None, 4], 'input_dtype': 'float32', 'output_dim': 3, 'input_dim': 4, 'init': 'glorot_uniform', 'activation': 'linear',
                                                 'bias': True, 'W_regularizer': None, 'b_regularizer': None, 'activity_regularizer': None, 'W_constraint': None, 'b_constraint': None, **config}}

    def sequential1(*layers):
        return {'class_name': 'Sequential', 'config': list(layers), 'keras_version': '1.2.2'}

    merge = lambda **config: {'class_name': 'Merge', 'config': {'name': 'merge_1', 'layers': [sequential1(dense1()), sequential1(dense1(name='dense_2'))], 'mode_type': 'raw', 'mode': 'concat', 'concat_axis': -1, 'dot_axes': -1, 'output_shape': None,
                                                            'output_shape_type': 'raw', 'output_mask': None, 'output_mask_type': 'raw', 'arguments': {}, **config}}
    corpus.control('models/keras1_dense.json', KIND, "one Dense in Keras 1's JSON", sequential1(dense1()))
    bad('output_dim_huge', 'an output_dim of 1e12', sequential1(dense1(output_dim=10 ** 12)))
    bad('output_dim_negative', 'a negative output_dim', sequential1(dense1(output_dim=-3)))
    bad('output_dim_text', 'an output_dim that is text', sequential1(dense1(output_dim='3')))
    bad('init_proto', 'an init named __proto__', sequential1(dense1(init='__proto__')))
    bad('init_code', 'an init that names a function of Python', sequential1(dense1(init='os.system')))
    bad('activation_constructor', 'an activation named constructor', sequential1(dense1(activation='constructor')))
    bad('class_tostring', 'a class named toString', sequential1(dense1(), {'class_name': 'toString', 'config': {'name': 'x'}}))
    bad('key_proto', 'a config with the key __proto__', sequential1(dense1(**{'__proto__': {'output_dim': 7}})))
    bad('regularizer_name', 'a regularizer named __proto__', sequential1(dense1(W_regularizer={'name': '__proto__', 'l1': 0.0, 'l2': 0.0})))
    bad('lambda', 'a Lambda with marshalled bytecode', sequential1(dense1(), {'class_name': 'Lambda', 'config': {'name': 'lambda_1', 'function': [BYTECODE, None, None], 'function_type': 'lambda', 'output_shape': None, 'output_shape_type': 'raw', 'arguments': {}}}))
    bad('merge_lambda', 'a Merge whose mode is bytecode', sequential1(merge(mode=[BYTECODE, None, None], mode_type='lambda')))
    bad('merge_function', "a Merge whose mode is a function of Python's", sequential1(merge(mode='os.system', mode_type='function')))
    bad('merge_shape_lambda', 'a Merge whose output_shape is bytecode', sequential1(merge(output_shape=[BYTECODE, None, None], output_shape_type='lambda')))
    bad('merge_mode_proto', 'a Merge whose mode is __proto__', sequential1(merge(mode='__proto__')))
    bad('units_of_keras2', "Keras 2's units in a model of Keras 1", sequential1({'class_name': 'Dense', 'config': {'name': 'dense_1', 'batch_input_shape': [None, 4], 'units': 3}}))


def keras3(corpus):
    bad = lambda name, why, content: corpus.hostile('models/keras3/%s.json' % name, KIND, why, content)

    corpus.control('models/keras3_dense.json', KIND, "one Dense in Keras 3's JSON", sequential3(dense3()))
    bad('lambda', 'a Lambda of class __lambda__', sequential3(of('Lambda', {'name': 'lambda', 'function': lambda_value(), 'output_shape': None, 'mask': None, 'arguments': {}})))
    bad('lambda_deep', '__lambda__ for an activation', sequential3(dense3(activation=lambda_value())))
    bad('os_system', 'a layer from the module os', sequential3(evil('os', 'system')))
    bad('subprocess', 'a layer from subprocess', sequential3(evil('subprocess', 'Popen')))
    bad('builtins_eval', 'a function of builtins', sequential3(of('function', 'eval', 'builtins', 'function')))
    bad('main_module', 'a class of __main__', sequential3(evil('__main__', 'Evil')))
    bad('unknown_package', 'a class registered by an unknown package', sequential3(of('Evil', {'name': 'evil'}, None, 'evil_package>Evil')))
    bad('known_class_foreign_module', 'a Dense from a module that is not Keras', sequential3({**dense3(), 'module': 'evil.layers'}))
    bad('known_class_registered', 'a Dense registered by another package', sequential3({**dense3(), 'registered_name': 'evil_package>Dense'}))
    bad('initializer_module', 'an initializer from the module os', sequential3(dense3(kernel_initializer=evil('os', 'popen'))))
    bad('numpy_load', 'an initializer that is numpy.load', sequential3(dense3(kernel_initializer=of('load', {'file': '/etc/passwd', 'allow_pickle': True}, 'numpy'))))
    bad('wrapped_foreign', 'TimeDistributed over a class of os', sequential3(of('TimeDistributed', {'name': 'time_distributed', 'layer': evil('os', 'system')})))
    bad('bidirectional_foreign', 'Bidirectional over a class of subprocess', sequential3(of('Bidirectional', {'name': 'bidirectional', 'layer': evil('subprocess', 'run'), 'merge_mode': 'concat'})))
    bad('keras_utils', 'get_file of Keras itself', sequential3(of('get_file', {'fname': 'x', 'origin': 'http://127.0.0.1/x'}, 'keras.utils')))
    bad('class_proto', 'a class named __proto__', sequential3(of('__proto__', {'name': 'x'})))
    bad('units_huge', 'units of 1e12', sequential3(dense3(units=10 ** 12)))
    bad('tensor_value', 'a tensor for units', sequential3(dense3(units={'class_name': '__tensor__', 'config': {'value': [3], 'dtype': 'int32'}})))
    bad('dtype_policy_foreign', 'a dtype policy from another module', sequential3(dense3(dtype=evil('os', 'DTypePolicy'))))
    bad('missing_module', 'a model without a config', {key: value for key, value in sequential3(dense3()).items() if key != 'config'})
    shared = copy.deepcopy(dense3())
    bad('name_twice', 'two layers of one name', sequential3(shared, shared))
