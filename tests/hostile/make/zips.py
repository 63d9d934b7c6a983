"""Zip archives byte by byte, so that each field can lie (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16)."""
import struct
import zlib


class Member:
    """What the records say of a member; `local` and `central` override single fields of either."""

    def __init__(self, name, data, deflate=False, local=None, central=None, at=None):
        raw = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.name = name.encode() if isinstance(name, str) else name
        self.packed = raw.compress(data) + raw.flush() if deflate else data
        self.fields = {'flags': 0, 'method': 8 if deflate else 0, 'crc': zlib.crc32(data), 'compressed': len(self.packed), 'size': len(data), 'attributes': 0}
        self.local = {**self.fields, **(local or {})}
        self.central = {**self.fields, **(central or {})}
        self.at = at  # the local header of another member, in place of one of its own


def archive(members, count=None, offset=None, comment=b'', behind=b''):
    out = b''
    places = []
    for member in members:
        if member.at is not None:
            places.append(places[member.at])
            continue
        places.append(len(out))
        fields = member.local
        out += struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, fields['flags'], fields['method'], 0, 0, fields['crc'], fields['compressed'], fields['size'], len(member.name), 0) + member.name + member.packed
    directory = b''
    for member, place in zip(members, places):
        fields = member.central
        directory += struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 0x031e, 20, fields['flags'], fields['method'], 0, 0, fields['crc'], fields['compressed'], fields['size'], len(member.name), 0, 0, 0, 0,
                                 fields['attributes'], fields.get('offset', place)) + member.name
    number = len(members) if count is None else count
    end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, number, number, len(directory), len(out) if offset is None else offset, len(comment))
    return out + directory + end + comment + behind
