"""csv: rows of other widths, words and NaN among the numbers, quotes that never close, bytes that are no text."""
import gzip

KIND = 'csv'
ROWS = ['%d,%.1f,%d' % (i, i / 2, i % 3) for i in range(40)]
SOUND = 'a,b,y\n' + '\n'.join(ROWS) + '\n'


def make(corpus):
    good = lambda name, why, content: corpus.control('tables/%s.csv' % name, KIND, why, content)
    bad = lambda name, why, content: corpus.hostile('tables/%s.csv' % name, KIND, why, content)
    row_17 = lambda row: SOUND.replace('\n' + ROWS[16] + '\n', '\n' + row + '\n')

    good('sound', 'three columns of numbers', SOUND)
    good('windows', "Windows's line ends and a byte order mark", '\ufeff' + SOUND.replace('\n', '\r\n'))
    good('quoted', 'quotes and spaces', SOUND.replace('16,8.0', '" 16 ","8.0"'))
    good('classes', 'a column with names of classes', 'length,species\n' + '\n'.join('%d,%s' % (i, ['Adelie', 'Gentoo'][i % 2]) for i in range(20)) + '\n')
    good('utf16', 'UTF-16 with its byte order mark', SOUND.encode('utf-16'))
    good('exponents', 'exponents and signs', 'a,b\n1e-3,+2\n-4.5E+2,.5\n')
    corpus.control('tables/sound.csv.gz', KIND, 'gzip', gzip.compress(SOUND.encode(), mtime=0))

    bad('ragged_less', 'a row with a value less, row 17', row_17('16,8.0'))
    bad('ragged_more', 'a row with a value more, row 17', row_17('16,8.0,1,9'))
    bad('nan', 'NaN, row 17, column b', row_17('16,NaN,1'))
    bad('na', 'NA, row 17, column b', row_17('16,NA,1'))
    bad('infinity', 'inf, row 17, column b', row_17('16,-inf,1'))
    bad('word', 'a word among numbers, row 17, column b', row_17('16,eight,1'))
    bad('word_first', 'a word in the first row of a column of numbers', SOUND.replace('0,0.0,0', '0,none at all,0', 1))
    bad('word_only', 'one row, with a word', 'a,b\n1,hello\n')
    bad('missing', 'nothing, row 17, column b', row_17('16,,1'))
    bad('hexadecimal', 'a hexadecimal number', row_17('0x10,8.0,1'))
    bad('thousands', 'a thousands separator in quotes', row_17('"1,600",8.0,1'))
    bad('decimal_comma', 'decimal commas between semicolons', 'a;b\n1,5;2\n2,5;3\n')
    bad('beyond_double', 'a number beyond double precision', row_17('1e999,8.0,1'))
    bad('formula', "a spreadsheet's formula", row_17('"=cmd|\' /C calc\'!A0",8.0,1'))
    bad('code', 'an expression', row_17('__import__("os").getpid(),8.0,1').replace('("os")', '(os)'))
    bad('proto', 'a column named __proto__', SOUND.replace('a,b,y', 'a,__proto__,y'))
    bad('header_only', 'a header, and no rows', 'a,b,y\n')
    bad('empty', 'an empty file', '')
    bad('blank', 'empty lines', '\n\n\n')
    bad('no_header', 'numbers in place of a header', '\n'.join(ROWS))
    bad('header_twice', 'two columns of one name', SOUND.replace('a,b,y', 'a,a,y'))
    bad('header_again', 'the header again, in the middle', row_17('a,b,y'))
    bad('quote_open', 'a quote that never closes', row_17('"16,8.0,1'))
    bad('quote_within', 'a quote within a value', row_17('1"6,8.0,1'))
    bad('quote_behind', 'text behind a quote', row_17('"16"x,8.0,1'))
    bad('huge_field', 'a field of 100,000 characters', row_17('%s,8.0,1' % ('9' * 100_000)))
    bad('nul', 'NUL bytes', row_17('1\0006,8.0,1'))
    bad('binary', 'a PNG', b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 4)
    bad('not_utf8', 'bytes that are not UTF-8 in a number', row_17('16,8.0,1').encode().replace(b'16,8.0', b'1\xff6,8.0'))
    bad('html', 'a web page', '<html><body><table><tr><td>1</td></tr></table></body></html>\n')
    bad('old_mac', 'a mix of line ends', SOUND.replace('\n', '\r', 20))
    corpus.hostile('tables/open_quote_bomb.csv.gz', KIND, '200 MiB behind a quote that never closes', gzip.compress(b'a,b\n1,"' + b' ' * (200 << 20), mtime=0))
    corpus.hostile('tables/row_bomb.csv.gz', KIND, 'one row of a hundred million values', gzip.compress(b'a,b\n' + b'1,' * 100_000_000, mtime=0))
    corpus.hostile('tables/rows_bomb.csv.gz', KIND, 'a hundred million rows in 400 kB', gzip.compress(b'a,b\n' + b'1,2\n' * 100_000_000, mtime=0))
    corpus.hostile('tables/cut.csv.gz', KIND, 'gzip that is cut short', gzip.compress(SOUND.encode(), mtime=0)[:-20])
    corpus.hostile('tables/damaged.csv.gz', KIND, 'gzip with a byte turned over', bytearray_flip(gzip.compress(SOUND.encode(), mtime=0)))
    corpus.hostile('tables/no_gzip.csv.gz', KIND, 'a text named .gz', SOUND)


def bytearray_flip(data):
    out = bytearray(data)
    out[len(out) // 2] ^= 0xff
    return bytes(out)
