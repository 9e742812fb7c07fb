"""One checksum for all tasks of a pass."""


def combine(results):
    """16 hexadecimal digits over the results in task order.

    Independent of mode, workers, interpreter and platform, as long as the results' `repr` is.
    FNV-1a over 64 bits needs no import: hashlib would load OpenSSL, a visible part of a small
    process's memory. Only a long text, where Python code would be slow, goes through it.
    """
    text = repr(list(results)).encode("utf-8", "backslashreplace")
    if len(text) > 8192:
        import hashlib
        return hashlib.sha256(text).hexdigest()[:16]
    value = 0xCBF29CE484222325
    for byte in text:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return "%016x" % value
