"""What the harness itself sees that makes one distrust what was measured: a kind, as in results.json, and why."""


def all(mode):
    """Asked once, after the work."""
    found = []
    if mode.nothing is not None:
        found.append(("answer_unproven", _unproven(mode)))
    return [{"kind": kind, "text": text} for kind, text in found]


def _unproven(mode):
    check = mode.workload.plain.check
    if check:
        return "`%s` proves nothing: what it returns has no content; return what the work left behind" % check
    if mode.nothing is type(None):
        what = "its calls return `None`"
    else:
        what = "what its calls return, `%s`, has no content" % mode.nothing.__qualname__
    return ("%s, so nothing tells right work from wrong or none: name a function of the file that does, with "
            "`--check FUNC`, or with `check` in the matrix" % what)
