"""Makes 60 nights of a few real runs:  python3 nights.py POOL OUT SEED
Nights 20 to 23 are drawn from POOL/incident-*, those from 50 on from POOL/slow-*, all others from POOL/plain-*."""
import json, pathlib, random, sys, time

pool, out, seed = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
runs = {kind: [json.loads(path.read_text()) for path in sorted(pool.glob(kind + "-*/results.json"))]
        for kind in ("plain", "incident", "slow")}
draw, now = random.Random(seed), time.time_ns()
for night in range(60):
    kind = "incident" if 20 <= night < 24 else "slow" if night >= 50 else "plain"
    name = "night-%02d" % night
    run = dict(draw.choice(runs[kind]), run_id=name, started_unix_ns=now - (60 - night) * 86_400_000_000_000)
    (out / name).mkdir(parents=True)
    (out / name / "results.json").write_text(json.dumps(run))
