"""The function behind the workload `fib`, for pyperf: python bench.py --fib python-workloads/workloads/fib.py"""
import importlib.util

import pyperf


def with_file(command, options):
    command.extend(("--fib", options.fib))


runner = pyperf.Runner(add_cmdline_args=with_file)
runner.argparser.add_argument("--fib", required=True)
options = runner.parse_args()
spec = importlib.util.spec_from_file_location("fib", options.fib)
workload = importlib.util.module_from_spec(spec)
spec.loader.exec_module(workload)
runner.bench_func("fib", workload.fib, 20)
