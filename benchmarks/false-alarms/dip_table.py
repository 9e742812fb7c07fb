"""The table of src/stats/dip.rs: what dips uniform samples have. Needs numpy and diptest.

    python dip_table.py > ../../src/stats/dip_table.in
"""
import diptest
import numpy as np
rng=np.random.default_rng(1985)
print("&[")
for n in [8,10,12,15,20,25,30,40,50,70,100,200]:
    m=200000 if n<=50 else 60000
    d=np.array([diptest.dipstat(x,sort_x=True) for x in rng.uniform(size=(m,n))])
    q=np.quantile(np.sqrt(n)*d,[.5,.9,.95,.99,.999,.9999])
    print("    (%d.0, [%s]),"%(n,", ".join("%.4f"%v for v in q)),flush=True)
print("]")
