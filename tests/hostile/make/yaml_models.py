"""Model YAML: aliases that multiply, merge keys, tags that name Python's code."""
KIND = 'model_yaml'

SOUND = """\
backend: tensorflow
class_name: Sequential
config:
- class_name: Dense
  config:
    activation: linear
    batch_input_shape: !!python/tuple
    - null
    - 4
    dtype: float32
    name: dense_1
    units: 3
    use_bias: true
keras_version: 2.0.8
"""


def make(corpus):
    good = lambda name, why, content: corpus.control('models/%s.yaml' % name, KIND, why, content)
    bad = lambda name, why, content: corpus.hostile('models/yaml/%s.yaml' % name, KIND, why, content)
    with_units = lambda value: SOUND.replace('units: 3', 'units: ' + value)

    good('dense', "one Dense, with PyYAML's tuples", SOUND)
    good('aliases', 'an anchor and an alias, as PyYAML writes an object that occurs twice', SOUND.replace('    name: dense_1\n', '    kernel_initializer: &id001\n      class_name: Zeros\n      config: {}\n    bias_initializer: *id001\n    name: dense_1\n'))
    good('flow', 'flow style and comments', '# a model\n{class_name: Sequential, keras_version: "2.0.8", config: [{class_name: Dense, config: {name: dense_1, units: 3, batch_input_shape: [null, 4]}}]}\n')

    bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n' + ''.join('a%d: &a%d [%s]\n' % (i, i, ', '.join(['*a%d' % (i - 1)] * 10)) for i in range(1, 10))
    bad('billion_laughs', 'ten aliases of ten aliases, nine levels deep', bomb + SOUND)
    bad('quadratic', '2,000 aliases of a long list', 'a: &a [%s]\nb: [%s]\n' % (', '.join(['x'] * 2000), ', '.join(['*a'] * 2000)) + SOUND)
    bad('alias_of_itself', 'a list that contains itself', SOUND.replace('config:\n- class', 'config: &all\n- *all\n- class', 1))
    bad('alias_unknown', 'an alias of nothing', with_units('*nothing'))
    bad('merge_key', 'a merge key that gives units', SOUND.replace('    units: 3\n', '    <<: {units: 3}\n'))
    bad('merge_alias', 'a merge key with an alias', 'a: &a {units: 3}\n' + SOUND.replace('    units: 3\n', '    <<: *a\n'))
    bad('merge_proto', 'a merge key with __proto__', SOUND.replace('    units: 3\n', '    units: 3\n    <<: {__proto__: {polluted: true}}\n'))
    bad('key_proto', 'the key __proto__', SOUND.replace('    units: 3\n', '    units: 3\n    __proto__: {polluted: true}\n'))
    bad('object_apply', '!!python/object/apply:os.system', with_units('!!python/object/apply:os.system ["id > /tmp/owned"]'))
    bad('object_new', '!!python/object/new:subprocess.Popen', with_units('!!python/object/new:subprocess.Popen [["id"]]'))
    bad('object', '!!python/object of a class', with_units('!!python/object:__main__.Evil {a: 1}'))
    bad('name', '!!python/name', SOUND.replace('activation: linear', 'activation: !!python/name:os.system'))
    bad('module', '!!python/module', SOUND.replace('activation: linear', 'activation: !!python/module:os'))
    bad('full_tag', 'the same tag written out', with_units('!<tag:yaml.org,2002:python/object/apply:os.system> ["id"]'))
    bad('tag_directive', 'a %TAG that hides the tag', '%TAG !p! tag:yaml.org,2002:python/object/apply:\n---\n' + with_units('!p!os.system ["id"]'))
    bad('js_function', '!!js/function', with_units("!!js/function 'function () { return 3 }'"))
    bad('include', 'a tag that other loaders take for an include', with_units('!include /etc/passwd'))
    bad('binary', '!!binary', with_units('!!binary aGVsbG8='))
    bad('set', '!!set', SOUND.replace('config:\n- class', 'other: !!set {a, b}\nconfig:\n- class', 1))
    bad('tuple_of_code', 'a tuple tag on a mapping', with_units('!!python/tuple {a: 1}'))
    bad('duplicate_key', 'units twice', SOUND.replace('    units: 3\n', '    units: 3\n    units: 1000000000000\n'))
    bad('documents', 'two documents', SOUND + '---\n' + SOUND)
    bad('nan', 'units of .nan', with_units('.nan'))
    bad('infinity', 'a rate of .inf', SOUND.replace('keras_version', '- class_name: Dropout\n  config: {name: dropout_1, rate: .inf}\nkeras_version'))
    bad('tabs', 'tabs for indentation', SOUND.replace('    units', '\tunits'))
    bad('cut', 'cut within a quote', SOUND + 'name: "dense')
    bad('empty', 'an empty file', '')
    bad('text', 'a text', 'just text\n')
    bad('deep', '20,000 nested lists', 'a: ' + '[' * 20_000 + ']' * 20_000 + '\n' + SOUND)
    bad('deep_blocks', '3,000 nested blocks', ''.join(' ' * i + 'a:\n' for i in range(1000)) + SOUND)
    bad('long_key', 'a complex key', '? [a, b]\n: c\n' + SOUND)
    bad('lambda', 'a Lambda with bytecode', SOUND.replace('keras_version', '- class_name: Lambda\n  config: {name: lambda_1, function: [4wEAAAA=, null, null], function_type: lambda}\nkeras_version'))
    bad('class_proto', 'a layer of the class __proto__', SOUND.replace('class_name: Dense', 'class_name: __proto__'))
    bad('units_huge', 'units of 1e12', with_units('1000000000000'))
