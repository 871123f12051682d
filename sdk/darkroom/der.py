"""DER as keys have it: one-byte tags and definite lengths."""

INTEGER, BITS, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30


def take(data, tag):
    """(contents of the first element, which must have this tag; what follows).
    ValueError or IndexError when it is not there."""
    if data[0] != tag:
        raise ValueError("tag")
    length, start = data[1], 2
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise ValueError("length")
    return data[start:start + length], data[start + length:]


def integers(data, count):
    """The first count INTEGERs of data, none of them negative."""
    out = []
    for _ in range(count):
        value, data = take(data, INTEGER)
        if not value or value[0] >= 0x80:
            raise ValueError("integer")
        out.append(int.from_bytes(value, "big"))
    return out


def element(tag, contents):
    n = len(contents)
    if n < 0x80:
        return bytes([tag, n]) + contents
    length = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + contents


def integer(value):
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))
