#!/usr/bin/python3
"""Turn scikit-learn's copy of the Wisconsin breast cancer data into a CSV file
with a header, ready to be stored as an asset.

usage: make_dataset.py .../sklearn/datasets/data/breast_cancer.csv OUT.csv

The source's first line gives rows, columns and the two class names; each line
after it is 30 measurements and the class (0 malignant, 1 benign).
"""
import csv
import os
import sys

MEASURES = ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points",
            "symmetry", "fractal dimension")
HEADER = (["mean " + m for m in MEASURES] + [m + " error" for m in MEASURES] +
          ["worst " + m for m in MEASURES] + ["benign"])


def convert(source, target):
    """Write target from source; the number of rows.  ValueError when source
    is not what its first line says."""
    with open(source, newline="", encoding="ascii") as f:
        lines = csv.reader(f)
        rows, columns = (int(n) for n in next(lines)[:2])
        if columns + 1 != len(HEADER):
            raise ValueError("%d columns, %d are expected" % (columns, len(HEADER) - 1))
        data = list(lines)
    if len(data) != rows or any(len(row) != len(HEADER) for row in data):
        raise ValueError("not %d rows of %d values" % (rows, len(HEADER)))
    part = target + ".part"
    with open(part, "w", newline="", encoding="ascii") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(HEADER)
        out.writerows(data)
    os.replace(part, target)
    return rows


def main(argv):
    if len(argv) != 3:
        sys.exit(__doc__)
    try:
        rows = convert(argv[1], argv[2])
    except (OSError, ValueError, StopIteration) as e:
        sys.exit("%s: %s" % (argv[1], e))
    print("%d rows of %d columns in %s" % (rows, len(HEADER), argv[2]))


if __name__ == "__main__":
    main(sys.argv)
