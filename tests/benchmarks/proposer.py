"""Measures the bundled proposer on public sets, which are not part of the project.

* ``python tests/benchmarks/proposer.py polnear FOLDER`` takes a part of PolNeAR, such as ``data/test``;
* ``gum FOLDER [GENRE]`` takes a copy of GUM;
* ``mpqa FILE ...`` takes MPQA as JSON: only the speakers of the verbs that both see can be compared;
* ``dates FOLDER [ODD]`` takes files of TimeML, all or those with an even (0) or odd (1) number in the order
  of their names;
* ``figures FOLDER PAGES [TABLE]`` takes the texts of PolNeAR's test part and ``ground-truth.json``.

Where the sets are to be found is said in `proposer_sets`, and what counts as right in the other modules.
"""

from __future__ import annotations

import sys
from pathlib import Path

from proposer_dates import dates
from proposer_figures import counts
from proposer_gum import gum
from proposer_quotations import quotations, speakers
from proposer_sets import polnear


def main() -> None:
    what, *places = sys.argv[1:]
    paths = [*map(Path, places)]
    if what == "polnear":
        quotations(polnear(paths[0]))
    elif what == "gum":
        quotations(gum(paths[0], *places[1:]))
    elif what == "mpqa":
        speakers(paths)
    elif what == "figures":
        counts(paths[0], paths[1], *places[2:])
    else:
        files = sorted(paths[0].glob("*.tml"))
        dates(files[int(places[1]) :: 2] if len(places) > 1 else files)


if __name__ == "__main__":
    main()
