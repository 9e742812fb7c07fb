"""Workloads whose needs are known: the sampler's figures are held against what they say of themselves."""
import os
import subprocess
import sys
import time

COUNT = 0


def work(milliseconds):
    """Keeps a CPU busy."""
    end = time.process_time() + milliseconds / 1000
    number = 0
    while time.process_time() < end:
        number = (number + 1) % 7
    return 1


def pause(milliseconds):
    time.sleep(milliseconds / 1000)
    return 1


def children(count):
    """Children of 5 to 50 ms, one after the other."""
    code = "import time\nend = time.process_time() + %f\nwhile time.process_time() < end: pass"
    for number in range(count):
        subprocess.run([sys.executable, "-S", "-E", "-c", code % (0.005 * (1 + number % 10))], check=True)
    return count


def memory(mib, hold, log):
    """Fills memory, holds it, and notes what the kernel said meanwhile: RSS, PSS and the high-water mark."""
    block = bytearray(mib << 20)
    block[::4096] = b"x" * len(block[::4096])
    if hold >= 20:
        note = {}
        with open("/proc/self/smaps_rollup") as rollup:
            for line in rollup:
                name, _, rest = line.partition(":")
                if name in ("Rss", "Pss"):
                    note[name] = int(rest.split()[0]) * 1024
        time.sleep(hold / 1000)
    else:
        note = {}
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                note["Hwm"] = int(line.split()[1]) * 1024
    with open("%s.%d" % (log, os.getpid()), "a") as out:
        out.write(repr(note) + "\n")
    del block
    time.sleep(0.06)
    return mib


def units(pipe):
    """Short pieces of work until the pipe says stop; sends when each has ended."""
    ends = []
    while not pipe.poll():
        sum(range(20000))
        ends.append(time.monotonic())
    pipe.send(ends)


def tree(processes):
    """A parent and its workers, more than there are CPUs; ends with its standard input, and prints when each
    unit of work ended."""
    import multiprocessing
    context = multiprocessing.get_context("fork")
    pipes, workers = [], []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        workers.append(context.Process(target=units, args=(theirs,)))
        workers[-1].start()
        pipes.append(ours)
    sys.stdin.read()
    for pipe in pipes:
        pipe.send(None)
    for pipe in pipes:
        print(*pipe.recv())


if __name__ == "__main__":
    tree(int(sys.argv[1]))
