"""What a person reads at the end of a run by hand."""


def text(result):
    """A few lines about a result of `byhand`."""
    facts = result["facts"]
    tasks = result["tasks"]
    workers = "%d worker%s" % (result["workers"], "" if result["workers"] == 1 else "s")
    if result["start_method"]:
        workers += " (%s)" % result["start_method"]
    args = "".join(" %s=%s" % pair for pair in result["args"].items())
    build = " free-threaded" if facts["py_gil_disabled"] else ""
    lines = ["%s, %s; %d tasks of %s%s; %s %s%s"
             % (result["mode"], workers, tasks, result["workload"], args,
                facts["implementation"], facts["version"], build)]
    for number, one in enumerate(result["passes"], 1):
        line = "  pass %-3d %10s  %9.1f tasks/s  CPU %s (%.2f cores)" % (
            number, _ms(one["ns"]), tasks * 1e9 / max(1, one["ns"]), _ms(one["cpu_ns"]),
            one["cpu_ns"] / max(1, one["ns"]))
        if one["repeats"] > 1:
            line += "  mean of %d" % one["repeats"]
        if one["lag_ns"] is not None:
            line += "  loop's longest stall %s" % _ms(one["lag_ns"])
        lines.append(line)
    times = sorted(one["ns"] for one in result["passes"])
    middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) // 2
    sums = sorted({one["checksum"] for one in result["passes"]})
    lines.append("  median   %10s  %9.1f tasks/s  checksum %s"
                 % (_ms(middle), tasks * 1e9 / max(1, middle), " AND ".join(sums)))
    lines.append("  GIL      %s before, %s after, in %d worker%s"
                 % (_gil(result["workers_before"]), _gil(result["workers_after"]),
                    len(result["workers_after"]), "" if result["workers"] == 1 else "s"))
    phases = result["phases_ns"]
    lines.append("  phases   imports %s, pool %s, teardown %s"
                 % tuple(_ms(phases[name]) for name in ("imports", "pool", "teardown")))
    return "\n".join(lines)


def _gil(workers):
    return "on" if any(worker["gil_enabled"] for worker in workers) else "off"


def _ms(ns):
    return "%.2f ms" % (ns / 1e6) if ns >= 100000 or ns == 0 else "%.2f us" % (ns / 1e3)
