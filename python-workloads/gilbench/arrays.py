"""Arrays and tables: by what they hold, whole. No library is imported that the work didn't bring."""
import sys

STEP = 1 << 20


class Parts:
    """Something that has parts. `tag` says what it is; if `unordered` their order doesn't count; `state`
    are the inner affairs of an object."""

    __slots__ = ("tag", "children", "unordered", "state")

    def __init__(self, tag, children, unordered=False, state=False):
        self.tag = tag
        self.children = children
        self.unordered = unordered
        self.state = state


class Raw:
    """Bytes where they lie."""

    __slots__ = ("view",)

    def __init__(self, view):
        self.view = view


def parts(value, kind):
    """What an array, a table or a column is made of; `None` for anything else."""
    libraries = {str(base.__module__).partition(".")[0] for base in kind.__mro__}
    numpy = sys.modules.get("numpy")
    try:
        if "pandas" in libraries:
            return _pandas(value)
        if "polars" in libraries:
            return _polars(value)
        if "pyarrow" in libraries and hasattr(value, "to_pylist"):
            return [value.to_pylist()]
        if hasattr(numpy, "ndarray") and (hasattr(kind, "__array__") or isinstance(value, numpy.generic)):
            return _numpy(numpy, value)
        return _buffer(memoryview(value))
    except (MemoryError, RecursionError):
        raise
    except Exception:  # it has no buffer, or none that can be read
        return None


def _numpy(numpy, value):
    masked = getattr(numpy, "ma", None)
    if masked is not None and isinstance(value, masked.MaskedArray):
        return ["masked"] + _array(numpy, value.filled()) + _array(numpy, masked.getmaskarray(value))
    if hasattr(value, "detach"):  # torch: on another device, or part of a graph
        value = value.detach().cpu()
    return _array(numpy, numpy.asarray(value))


def _array(numpy, array):
    """Its type and shape, and what it holds."""
    dtype, head = array.dtype, [array.dtype.str, array.shape]
    if dtype.names:
        return head + [part for name in dtype.names for part in [name] + _array(numpy, array[name])]
    if dtype.hasobject or dtype.kind == "T":
        return head + [array.reshape(-1).tolist()]
    if dtype.char in "gG":  # long double: its unused bytes hold anything
        return head + [list(map(repr, array.reshape(-1).tolist()))]
    if array.size == 0 or dtype.itemsize == 0:
        return head
    return head + [Parts(b"raw;", _pieces(numpy, array))]


def _pieces(numpy, array):
    """Its bytes, copied a piece at a time where they don't lie in a row."""
    if array.flags.c_contiguous:
        yield Raw(array.reshape(-1).view(numpy.uint8).data)
        return
    step = max(1, STEP * len(array) // array.nbytes)
    for at in range(0, len(array), step):
        yield Raw(numpy.ascontiguousarray(array[at:at + step]).reshape(-1).view(numpy.uint8).data)


def _pandas(value):
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        columns = [_column(value.iloc[:, at]) for at in range(value.shape[1])]
        return [list(value.columns), columns, _column(value.index)]
    if hasattr(value, "to_numpy") and hasattr(value, "dtype"):
        index = getattr(value, "index", None)
        return [getattr(value, "name", None), _column(value), None if index is None else _column(index)]
    return None


def _column(column):
    return [str(column.dtype), column.to_numpy()]


def _polars(value):
    if hasattr(value, "get_columns"):
        return [[[column.name] + _polars(column) for column in value.get_columns()]]
    return [str(value.dtype), value.to_list()] if hasattr(value, "to_list") else None


def _buffer(view):
    head = [view.format, view.shape]
    if not view.nbytes:
        return head
    return head + [Raw(view.cast("B") if view.c_contiguous else view.tobytes())]
