"""Counts the verdicts that run.sh left:  python3 score.py OUT/runs
For each kind of trial the number that ended as they should, and the exact 95 % interval of that share
(Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934)."""
import math, pathlib, re, sys

# The exit codes of a right answer, and the cells that it must name and no others.
RIGHT = {
    "same": ("0", r""),
    "slower": ("1", r"! slower one right single(×1)?\b"),
    "heavier": ("1", r"! heavier one right single(×1)?\b"),
    "stored": ("0", r""),
    "slower25": ("1", r"! slower one right single(×1)?\b"),
    # By `compare`, and by `run --against`.
    "gone": ("3 3", r"! interpreter missing two "),
    "vanished": ("4 4", r"! vanished (one|two) right "),
    "cantrun": ("4", r"! not measured one right single(×1)?\b"),
    # A night or two earlier or later is a matter of noise.
    "masked": ("1", r"! one right single(×1)? night-(4[89]|5[012])$"),
}


def at_least(n, k, p):
    """Chance of k or more of n at p each."""
    return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def bisect(rises):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) else (middle, high)
    return (low + high) / 2


def clopper_pearson(k, n):
    low = 0.0 if k == 0 else bisect(lambda p: at_least(n, k, p) > 0.025)
    high = 1.0 if k == n else bisect(lambda p: 1 - at_least(n, k + 1, p) < 0.025)
    return low, high


def right(kind, line):
    code, cells = RIGHT[kind]
    match = re.fullmatch(r"(\d+(?: \d+)?) ?(.*)", line)
    if not match or match[1] != code:
        return False
    named = [one.strip() for one in match[2].split(";") if one.strip()]
    return all(re.match(cells, one) for one in named) if cells else not named


def main():
    found = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*/verdict")):
        kind, line = path.read_text().rstrip("\n").split(" ", 1)
        found.setdefault(kind, []).append((path.parent.name, line, right(kind, line)))
    print(f"{'trial':10} {'right':>8}  95 % of the share")
    for kind in (kind for kind in RIGHT if kind in found):
        trials = found[kind]
        good = sum(ok for *_, ok in trials)
        low, high = clopper_pearson(good, len(trials))
        print(f"{kind:10} {good:>3} of {len(trials):>2}  {low:.0%} to {high:.0%}")
        for name, line, ok in trials:
            if not ok:
                print(f"           wrong: {name}: exit {line}")


main()
