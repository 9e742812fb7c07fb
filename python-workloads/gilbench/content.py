"""What a value is made of, whatever its type: walked once, without recursion, into a digest.

Each container has a digest of its own, which goes into the one that holds it: a part that is shared is
read once, and is the same as an equal copy, which is what a process would send back. Sets and dicts
count by content, not by order. Of an object its state counts: its fields, or what pickle would keep.
Types are known by their names without the module, which differs between versions of a library.
"""
import struct
import sys

from . import arrays
from .arrays import Parts, Raw
from .failure import Lazy

CHUNK = 1 << 20
BATCH = 1024
SMALL = 32
FUNCTION = type(lambda: None)
METHOD = type(FUNCTION.__get__(lambda: None, 0))
BUILTIN = type(len)
MODULE = type(sys)
VIEWS = ("dict_keys", "dict_items", "odict_keys", "odict_items")
MAKERS = ("__newobj__", "__newobj_ex__", "_reconstructor")
# Their `repr` says all, and is the same in every version; what pickle makes of them isn't.
BY_REPR = ("datetime", "decimal", "_decimal", "_pydecimal", "_pydatetime", "fractions", "ipaddress", "uuid",
           "zoneinfo")


class _Frame:
    """A container under way. `whole` keeps what was built for it alive, or its `id` would be another's."""

    __slots__ = ("hash", "children", "digests", "whole", "key", "nested", "count", "state")

    def __init__(self, hash, parts, whole, key):
        self.hash = hash
        self.children = iter(parts.children)
        self.digests = [] if parts.unordered else None
        self.state = parts.state
        self.whole = whole
        self.key = key
        self.nested = False
        self.count = 0

    def give(self, done):
        """Take a child's digest."""
        if self.digests is None:
            self.hash.update(done)
        else:
            self.digests.append(done)


class Walk:
    """One value's digest; afterwards `proves` and `size` are known."""

    def __init__(self, new, size):
        self.new = lambda: new(digest_size=size)
        self.proves = False
        self.size = 0
        self.known = {}
        self.open = {}
        self.kept = []

    def digest(self, value):
        root = _Frame(self.new(), Parts(b"", [value]), None, None)
        stack = [root]
        while stack:
            frame = stack[-1]
            for child in frame.children:
                frame.count += 1
                if self._begins(frame, child, stack):
                    break
            else:
                stack.pop()
                done = self._end(frame)
                if stack:
                    stack[-1].give(done)
        return done

    def _begins(self, frame, value, stack):
        """Whether the value is a container, which is on the stack then; anything else is taken at once."""
        write = PLAIN.get(type(value))
        if write is not None:
            into = frame.hash if frame.digests is None else self.new()
            self.size += write(into, value)
            self.proves = self.proves or value is not None
            if frame.digests is not None:
                frame.digests.append(into.digest())
            return False
        frame.nested = True
        key = None if type(value) is Parts else id(value)
        if key in self.known:
            frame.give(self.known[key])
            return False
        if key in self.open:
            frame.give(b"cycle %d" % (len(stack) - self.open[key]))
            return False
        parts = value if key is None else self._parts(value, stack)
        inner = _Frame(self.new(), parts, value, key)
        inner.hash.update(parts.tag)
        if key is not None:
            self.open[key] = len(stack)
        stack.append(inner)
        return True

    def _end(self, frame):
        if frame.digests is not None:
            frame.hash.update(b"".join(sorted(frame.digests)))
        done = frame.hash.digest()
        if frame.key is not None:
            del self.open[frame.key]
            # A few plain values are read again as fast as they are looked up, and remembering takes memory.
            if frame.nested or frame.count > SMALL:
                self.known[frame.key] = done
                self.kept.append(frame.whole)
        return done

    def _parts(self, value, stack):
        kind = type(value)
        take = CONTAINERS.get(kind)
        if take is not None:
            self.proves = self.proves or not value
            return take(b"%s %d;" % (kind.__name__.encode(), len(value)), value)
        name = kind.__qualname__.encode("utf-8", "surrogatepass")
        lazy = _lazy(kind)
        if lazy is not None:
            # What an object keeps beside its results may well be an iterator.
            if any(frame.state for frame in stack):
                return Parts(name + b" lazy;", ())
            raise Lazy(*lazy)
        try:
            return self._object(value, kind, name)
        except (MemoryError, RecursionError):
            raise
        except Exception:  # its own code refuses to be looked at
            return _opaque(value, name)

    def _object(self, value, kind, name):
        if isinstance(value, (type, FUNCTION, BUILTIN, MODULE)):
            named = getattr(value, "__qualname__", None) or value.__name__
            # One that is made anew in each call isn't known by its name.
            self.proves = self.proves or "<" not in named
            return Parts(name + b" named " + named.encode("utf-8", "surrogatepass"), ())
        if isinstance(value, METHOD):
            return Parts(name + b" of;", [value.__func__, value.__self__])
        if isinstance(value, BaseException):
            return Parts(name + b" raised;", [value.args, dict(vars(value)) or None])
        if "enum" in sys.modules and isinstance(value, sys.modules["enum"].Enum):
            return Parts(name + b" member;", [value.value])
        parts = arrays.parts(value, kind)
        if parts is not None:
            return Parts(name + b" array;", parts)
        if kind.__module__ in BY_REPR or str(kind.__module__).startswith("pathlib"):
            return Parts(name + b" text;", [repr(value)])
        for base, plain in BASES:
            if isinstance(value, base):
                return Parts(name + b" is;", [plain(value), _fields(value)])
        if kind.__name__ in VIEWS:
            return Parts(b"view;", list(value), unordered=True)
        if hasattr(kind, "getvalue"):  # BytesIO, StringIO
            return Parts(name + b" holds;", [value.getvalue()])
        if hasattr(kind, "groups") and hasattr(kind, "span"):  # re.Match
            return Parts(name + b" match;", [value.span(), value.group(), value.groups()])
        return _state(value, kind, name)


def _state(value, kind, name):
    """What pickle would keep; the fields where it refuses."""
    try:
        from copyreg import dispatch_table
        reduce = dispatch_table.get(kind)
        reduced = value.__reduce_ex__(4) if reduce is None else reduce(value)
    except (MemoryError, RecursionError):
        raise
    except Exception:
        fields = _fields(value)
        if fields is not None:
            return Parts(name + b" object;", [fields], state=True)
        if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):  # a row of a database
            return Parts(name + b" keyed;", [[(key, value[key]) for key in value.keys()]])
        if hasattr(kind, "__len__") and hasattr(kind, "__getitem__"):
            return Parts(name + b" listed;", [list(value)])
        return _opaque(value, name)
    if isinstance(reduced, str):
        return Parts(name + b" object;", [reduced])
    make, args, state, items, pairs = (tuple(reduced) + (None,) * 3)[:5]
    made = b"" if make is kind or make.__name__ in MAKERS else make.__name__.encode()
    args = [one for one in args if one not in (kind, object, None, (), {})]
    if type(state) is tuple and len(state) == 2 and type(state[1]) is dict:
        state = dict(state[0] or {}, **state[1])  # with slots
    parts = [args or None, state or None]
    parts.append(None if items is None else list(items))
    parts.append(None if pairs is None else dict(pairs))
    return Parts(b"%s object %s;" % (name, made), parts, state=True)


def _opaque(value, name):
    """Nothing is known but its type, and its text, where that is more than an address."""
    try:
        text = repr(value)
    except Exception:
        text = "<"
    return Parts(name + b" opaque;", [None if text.startswith("<") else text])


def _lazy(kind):
    """What is computed only later, and what is to be done about it; `None` where all is there."""
    name = kind.__qualname__
    if kind.__name__ == "generator":
        return "a generator", "def whole(*args): return list(%s)", True
    if kind.__name__ == "async_generator":
        return "an async generator", "async def whole(*args): return [one async for one in %s]", True
    if hasattr(kind, "__await__"):
        return "`%s`, which is to be awaited" % name, "def whole(*args): return asyncio.run(%s)"
    if hasattr(kind, "__next__") and not hasattr(kind, "getvalue"):
        return "an iterator, `%s`" % name, "def whole(*args): return list(%s)", True
    if hasattr(kind, "__dask_graph__"):
        return "a lazy `%s`" % name, "def whole(*args): return %s.compute()"
    if name == "LazyFrame":
        return "a `LazyFrame`", "def whole(*args): return %s.collect()"
    return None


def _fields(value):
    """The attributes of an object, in its dict and in slots; `None` where it has none."""
    fields = dict(getattr(value, "__dict__", None) or {})
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot.startswith("__") and not slot.endswith("__"):
                slot = "_%s%s" % (base.__name__.lstrip("_"), slot)
            if slot not in ("__dict__", "__weakref__") and hasattr(value, slot):
                fields[slot] = getattr(value, slot)
    return fields or None


def _none(into, value):
    into.update(b"N")
    return 1


def _bool(into, value):
    into.update(b"T" if value else b"F")
    return 1


def _int(into, value):
    # Hexadecimal: Python refuses to write more than 4,300 decimal digits, and takes long for it.
    text = b"i%x;" % value
    into.update(text)
    return len(text)


def _float(into, value):
    into.update(b"d" + struct.pack("<d", value) if value == value else b"dnan")
    return 9


def _complex(into, value):
    return _float(into, value.real) + _float(into, value.imag)


def _bytes(into, value):
    into.update(b"b%d;" % len(value))
    into.update(value)
    return len(value)


def _bytearray(into, value):
    into.update(b"a")
    return _bytes(into, value)


def _str(into, value):
    into.update(b"s%d;" % len(value))
    for begin in range(0, len(value), CHUNK):
        into.update(value[begin:begin + CHUNK].encode("utf-8", "surrogatepass"))
    return len(value)


def _range(into, value):
    return sum(_int(into, one) for one in (value.start, value.stop, value.step))


def _word(into, value):
    into.update(repr(value).encode())
    return 1


PLAIN = {type(None): _none, bool: _bool, int: _int, float: _float, complex: _complex, bytes: _bytes,
         bytearray: _bytearray, str: _str, range: _range, type(Ellipsis): _word, type(NotImplemented): _word}


def _raw(into, value):
    into.update(value.view)
    return len(value.view)


PLAIN[Raw] = _raw


def _sequence(tag, value):
    return Parts(tag, value if len(value) <= SMALL else _batches(value))


def _batches(value):
    """The parts of a long sequence; many plain ones of one kind become one text, a hundred times as fast."""
    for begin in range(0, len(value), BATCH):
        batch = value[begin:begin + BATCH]
        kinds = set(map(type, batch))
        text = _batch(batch, kinds.pop()) if len(kinds) == 1 else None
        if text is None:
            for one in batch:
                yield one
        else:
            yield text


def _batch(batch, kind):
    if kind is float:
        # Not a number has many forms, which `repr` doesn't tell apart either.
        if all(map(float.__eq__, batch, batch)):
            return struct.pack("<%dd" % len(batch), *batch)
    elif kind is int:
        if max(map(int.bit_length, batch)) < 1000:
            return b"%x;" * len(batch) % tuple(batch)
    elif kind is str:
        text = "".join(batch)
        if len(text) < CHUNK:
            return "%s\n%s" % (",".join(map(str, map(len, batch))), text)
    return None


def _dict(tag, value):
    return Parts(tag, (Parts(b"pair", pair) for pair in list(value.items())), unordered=True)


def _set(tag, value):
    return Parts(tag, list(value), unordered=True)


CONTAINERS = {list: _sequence, tuple: _sequence, dict: _dict, set: _set, frozenset: _set}


def _ordered(value):
    return list(value.items()) if type(value).__name__ == "OrderedDict" else dict(value.items())


# What a class of these holds beside its own fields.
BASES = ((int, int.__int__), (float, float.__float__), (complex, complex),
         (str, str.__str__), (bytes, bytes), (bytearray, bytearray), (dict, _ordered),
         (list, lambda value: list(value)), (tuple, lambda value: tuple(value)),
         (frozenset, frozenset), (set, set))
