"""npy and npz: pickles, headers that lie or want to be run, zips that lie, overlap or explode."""
import io
import pickle
import struct

import numpy as np

from zips import Member, archive


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def headed(header, data=b'', version=(1, 0), length=None):
    """A .npy with a header of one's own; its length stands in 2 bytes, from version 2.0 on in 4."""
    text = header.encode() if isinstance(header, str) else header
    text = text + b' ' * (-(len(text) + 11) % 64) + b'\n'
    size = struct.pack('<H' if version[0] == 1 else '<I', len(text) if length is None else length)
    return b'\x93NUMPY' + bytes(version) + size + text + data


def shaped(shape, data=bytes(24), descr="'<f4'", order='False'):
    return headed("{'descr': %s, 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape), data)


class Evil:
    def __reduce__(self):
        return (eval, ('__import__("os").system("id > /tmp/owned")',))


FLOATS = np.arange(6, dtype='f4').reshape(2, 3)


def make(corpus):
    make_npy(corpus)
    make_npz(corpus)


def make_npy(corpus):
    good = lambda name, why, content: corpus.control('arrays/%s.npy' % name, 'npy', why, content)
    bad = lambda name, why, content: corpus.hostile('arrays/%s.npy' % name, 'npy', why, content)
    for dtype in ['f4', 'f8', 'f2', 'i4', 'i8', 'u1', '?', '>f4']:
        good('of_' + {'?': 'bool', '>f4': 'big_endian'}.get(dtype, dtype), 'two rows of ' + dtype, npy(FLOATS.astype(dtype)))
    good('fortran', "Fortran's order", npy(np.asfortranarray(np.arange(12, dtype='f4').reshape(4, 3))))
    good('version_2', 'format 2.0', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", bytes(24), (2, 0)))
    good('one_dimension', 'a vector', npy(np.arange(5, dtype='i4')))
    good('python_2', "a header with Python 2's long integers", shaped('(2L, 3L)'))

    objects = np.array([Evil(), None], dtype=object)
    bad('pickle', 'Python objects, whose pickle runs code', npy_objects(objects))
    bad('pickle_as_floats', 'a pickle that claims to be floats', shaped('(2000,)', pickle.dumps(Evil())))
    bad('bare_pickle', 'a pickle without a header', pickle.dumps(Evil()))
    bad('structured', 'a structured dtype', npy(np.zeros(3, dtype=[('a', 'f4'), ('b', 'i4')])))
    bad('structured_object', 'a structured dtype with an object', npy_objects(np.array([(1, Evil())], dtype=[('a', 'f4'), ('b', 'O')])))
    for dtype, what in [('U5', 'text'), ('S5', 'byte strings'), ('c8', 'complex numbers'), ('M8[D]', 'dates'), ('m8[s]', 'time spans'), ('V7', 'opaque bytes'), ('u8', 'unsigned 64-bit integers')]:
        bad('dtype_' + dtype.split('[')[0], what, npy(np.zeros((2, 3), dtype)))
    bad('dtype_f16', 'extended precision', npy(np.zeros((2, 3), 'f16')))
    bad('dtype_unknown', 'a dtype that numpy does not have', shaped('(2, 3)', descr="'<q9'"))
    bad('dtype_long', 'a dtype of 30,000 characters', shaped('(2, 3)', descr="'<f%s'" % ('4' * 30_000)))
    bad('dtype_proto', 'a dtype named __proto__', shaped('(2, 3)', descr="'__proto__'"))
    bad('dtype_code', 'a dtype that is an expression', shaped('(2, 3)', descr='__import__("os").system("id")'))
    bad('shape_negative', 'a negative dimension', shaped('(-2, 3)'))
    bad('shape_overflow', 'a shape whose size overflows 64 bits', shaped('(4294967296, 4294967296)'))
    bad('shape_overflow_zero', 'an overflowing shape with a 0', shaped('(4611686018427387904, 4611686018427387904, 0)', b''))
    bad('shape_huge', '2^62 elements', shaped('(4611686018427387904,)'))
    bad('shape_more', 'more rows than there are bytes', shaped('(2000000, 3)'))
    bad('shape_digits', 'a dimension of 10,000 digits', shaped('(%s,)' % ('9' * 10_000)))
    bad('shape_many', '5,000 dimensions', shaped('(%s)' % ('1, ' * 5000), bytes(4)))
    bad('shape_expression', 'a shape that is an expression', shaped('(10**9, 3)'))
    bad('shape_call', 'a shape that calls', shaped('(__import__("os").getpid(), 3)'))
    bad('shape_float', 'a dimension with a fraction', shaped('(2.0, 3)'))
    bad('shape_text', 'a shape that is text', shaped("'(2, 3)'"))
    bad('shape_list', 'a shape that is a list', shaped('[2, 3]'))
    bad('shape_zero', 'no rows', shaped('(0, 3)', b''))
    bad('scalar', 'one number, which has no rows', npy(np.float32(3)))
    bad('order_maybe', 'a fortran_order that is neither True nor False', shaped('(2, 3)', order='Maybe'))
    bad('key_missing', 'no shape', headed("{'descr': '<f4', 'fortran_order': False, }", bytes(24)))
    bad('key_more', 'a key more, with an expression', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': __import__('os').system('id')}", bytes(24)))
    bad('key_twice', 'descr twice', headed("{'descr': '<f4', 'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", bytes(24)))
    bad('header_code', 'an expression behind the header', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } or exit()", bytes(24)))
    bad('header_call', 'a header that calls', headed("dict(descr='<f4', fortran_order=False, shape=(2, 3))", bytes(24)))
    bad('header_beyond', 'a header that is longer than the file', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", b'', length=60_000))
    bad('header_4_gib', 'a header of 4 GiB', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", bytes(24), (2, 0), 0xffffffff))
    bad('header_empty', 'a header of 0 bytes', b'\x93NUMPY\x01\x00\x00\x00' + bytes(24))
    bad('header_brackets', '30,000 brackets', headed('(' * 30_000, bytes(24)))
    bad('header_nul', 'a header with NULs', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)\0, }", bytes(24)))
    bad('version_9', 'format 9.0', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", bytes(24), (9, 0)))
    bad('cut_magic', 'cut within the magic', b'\x93NUM')
    bad('cut_header', 'cut within the header', npy(FLOATS)[:60])
    bad('cut_data', 'cut within the data', npy(FLOATS)[:-5])
    bad('empty', 'an empty file', b'')
    bad('trailing', 'more data than the shape says', npy(FLOATS) + bytes(100))
    bad('two_arrays', 'a second array behind the first', npy(FLOATS) + npy(FLOATS))
    bad('text', 'a text', b'1,2,3\n4,5,6\n')
    bad('nan', 'NaN among the numbers', npy(np.array([[1, np.nan, 3]], 'f4')))
    bad('infinity', 'infinity among the numbers', npy(np.array([[1, np.inf, 3]], 'f8')))


def npy_objects(array):
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def make_npz(corpus):
    good = lambda name, why, content: corpus.control('arrays/%s.npz' % name, 'npz', why, content)
    bad = lambda name, why, content: corpus.hostile('arrays/%s.npz' % name, 'npz', why, content)
    x, y = npy(FLOATS), npy(np.array([0, 1], 'i4'))
    whole = saved(np.savez, x=FLOATS, y=np.array([0, 1], 'i4'))
    good('stored', 'what numpy.savez writes', whole)
    good('deflated', 'what numpy.savez_compressed writes', saved(np.savez_compressed, x=FLOATS, y=np.array([0, 1], 'i4')))
    good('fortran', "Fortran's order, deflated", saved(np.savez_compressed, x=np.asfortranarray(FLOATS), y=np.array([0, 1], 'i4')))
    good('comment', 'a comment at the end', archive([Member('x.npy', x), Member('y.npy', y)], comment=b'made by hand'))
    good('zeros', '4 MiB of zeros, deflated', saved(np.savez_compressed, x=np.zeros((64, 16384), 'f4')))

    bad('pickle', 'an array of Python objects', saved(np.savez, x=np.array([Evil(), None], dtype=object)))
    bad('pickle_beside', 'an array of Python objects beside sound ones', saved(np.savez, x=FLOATS, y=np.array([Evil(), None], dtype=object)))
    bad('text_member', 'a member that is no .npy', archive([Member('x.npy', x), Member('readme.txt', b'hello')]))
    bad('member_cut', 'a member that is cut short', archive([Member('x.npy', x[:-4])]))
    bad('member_trailing', 'a member with more data than its shape says', archive([Member('x.npy', x + bytes(64))]))
    bad('name_parent', 'a member named ../../x.npy', archive([Member('../../x.npy', x)]))
    bad('name_absolute', 'a member with an absolute name', archive([Member('/etc/cron.d/x.npy', x)]))
    bad('name_backslash', 'a member named ..\\x.npy', archive([Member('..\\x.npy', x)]))
    bad('name_drive', 'a member on a drive of Windows', archive([Member('C:\\x.npy', x)]))
    bad('name_nul', 'a member whose name has a NUL', archive([Member('x.npy\0.txt', x)]))
    bad('name_proto', 'a member named __proto__.npy', archive([Member('__proto__.npy', x)]))
    bad('name_empty', 'a member without a name', archive([Member('', x)]))
    bad('name_twice', 'two members of one name', archive([Member('x.npy', x), Member('x.npy', npy(FLOATS * 2))]))
    bad('name_twice_suffix', 'x and x.npy', archive([Member('x', x), Member('x.npy', npy(FLOATS * 2))]))
    bad('names_differ', 'a local header that names another member', lying_name(x))
    bad('encrypted', 'the flag of encryption', archive([Member('x.npy', x, local={'flags': 1}, central={'flags': 1})]))
    bad('method_99', 'compression method 99', archive([Member('x.npy', x, local={'method': 99}, central={'method': 99})]))
    bad('method_bzip2', 'bzip2', archive([Member('x.npy', x, local={'method': 12}, central={'method': 12})]))
    bad('method_lie', 'a directory that calls deflated data stored', archive([Member('x.npy', x, deflate=True, central={'method': 0})]))
    bad('crc', 'a checksum that is wrong', archive([Member('x.npy', x, deflate=True, local={'crc': 1}, central={'crc': 1})]))
    bad('crc_stored', 'a checksum that is wrong, of stored data', archive([Member('x.npy', x, local={'crc': 1}, central={'crc': 1})]))
    bad('size_less', 'a directory that announces fewer bytes than there are', archive([Member('x.npy', npy(np.zeros((1000, 3), 'f4')), deflate=True, central={'size': 140})]))
    bad('size_more', 'a directory that announces more bytes than there are', archive([Member('x.npy', x, deflate=True, central={'size': 1 << 30})]))
    bad('size_4_gib', 'a stored member of 4 GiB less one', archive([Member('x.npy', x, central={'size': 0xfffffffe, 'compressed': 0xfffffffe})]))
    bad('offset', 'a member that should begin beyond the file', archive([Member('x.npy', x, central={'offset': 0x7fffffff})]))
    bad('overlap', 'two members that share their bytes', archive([Member('x.npy', x), Member('y.npy', x, at=0)]))
    kernel = Member('a0.npy', npy(np.zeros(1 << 20, 'f4')), deflate=True)
    shared = [kernel] + [Member('a%d.npy' % i, npy(np.zeros(1 << 20, 'f4')), deflate=True, at=0) for i in range(1, 400)]
    bad('overlap_bomb', '400 members of 4 MiB that share 4 KB', archive(shared))
    bad('count_more', 'a directory that announces 60,000 members', archive([Member('x.npy', x)], count=60_000))
    bad('count_none', 'a directory that announces none', archive([Member('x.npy', x)], count=0))
    bad('directory_beyond', 'a directory beyond the file', archive([Member('x.npy', x)], offset=1 << 30))
    bad('nothing', 'an empty zip', archive([]))
    bad('behind', 'bytes behind the end', archive([Member('x.npy', x)], behind=bytes(70_000)))
    bad('zip64_lie', 'a zip64 directory at 2^60', archive([Member('x.npy', x)], offset=0xffffffff)[:-22] + struct.pack('<IIQI', 0x07064b50, 0, 1 << 60, 1) + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 1, 1, 51, 0xffffffff, 0))
    bad('bomb', '512 MiB of zeros in half a megabyte', bomb(512))
    bad('bomb_nested', 'a zip in a zip in a zip', archive([Member('x.npy', archive([Member('x.npy', archive([Member('x.npy', bytes(1 << 20), deflate=True)]), deflate=True)]), deflate=True)]))
    bad('bomb_header', 'a header that is 100 MiB of spaces', archive([Member('x.npy', headed("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + ' ' * (100 << 20), bytes(24), (2, 0)), deflate=True)]))
    bad('cut', 'cut in the middle', whole[:len(whole) // 2])
    bad('cut_end', 'cut within the end record', whole[:-10])
    bad('lengths', 'arrays of different lengths', saved(np.savez, x=FLOATS, y=np.arange(3, dtype='i4')))
    bad('nan', 'NaN among the numbers', saved(np.savez, x=np.array([[1, np.nan, 3]], 'f4'), y=np.zeros(1, 'i4')))
    bad('gzip', 'gzip in place of zip', b'\x1f\x8b\x08\x00' + bytes(100))
    bad('npy', 'a .npy in place of an .npz', x)


def saved(save, **arrays):
    out = io.BytesIO()
    save(out, **arrays)
    return out.getvalue()


def lying_name(data):
    whole = archive([Member('x.npy', data)])
    return whole.replace(b'x.npy', b'q.npy', 1)


def bomb(mebibytes):
    return archive([Member('x.npy', shaped('(%d, 1048576)' % (mebibytes // 4), bytes(mebibytes << 20)), deflate=True)])
