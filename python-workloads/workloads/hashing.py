"""Hashes and compresses blocks in C code that releases the GIL.

What zlib compresses to differs between its versions, so the checksum is over what comes back.

gilmatrix: {"name": "hashing", "summary": "SHA-256 and zlib, which release the GIL", "args": {"kb": 256}, "tasks": 8, "requires": [], "stress": "native code outside the GIL: the control", "expect": "threads scale on every build, free threading adds nothing"}
"""
import hashlib
import zlib


def prepare(args):
    size = args["kb"] * 1024
    block, value = bytearray(), 1
    while len(block) < size:
        value = (value * 69069 + 1) & 0xFFFFFFFF
        block += b"%x %d;" % (value >> 20, value % 97)
    return bytes(block[:size])


def task(prepared, index):
    digest = hashlib.sha256(prepared)
    digest.update(b"%d" % index)
    packed = zlib.compress(prepared, 1)
    return digest.hexdigest(), zlib.crc32(zlib.decompress(packed))
