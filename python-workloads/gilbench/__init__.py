"""What the modes and workloads of cpu_bench.py share. Standard library only, Python 3.8 and later."""
