"""How much of a file is read: enough for any study, and never more than a small machine holds.

A study of 600 patients and 100 visits fills 60,000 rows of 8 columns, in 3 MB. What is larger than
these bounds is a mistake or an attack, and is refused by its size before it is read.
"""

MEGABYTE = 2**20

LARGEST_TABLE = 32 * MEGABYTE
"""Bytes of one table; read as text, it takes about ten times as much memory."""

LARGEST_UNPACKED = 64 * MEGABYTE
"""Bytes of a packed table once unpacked: a workbook is XML, five times as long as its CSV."""

LARGEST_SETTINGS = MEGABYTE // 2
"""Bytes of a study.yml or a grid: YAML of this size takes seconds to read."""

LARGEST_NOTEBOOK = 64 * MEGABYTE
"""Bytes of a notebook, with the figures that an analyst may have saved in it."""

LARGEST_IMAGE = 128 * MEGABYTE
"""Bytes of one photograph of a section: an unpacked TIFF of as many points as `MOST_PIXELS`."""

MOST_PIXELS = 40_000_000
"""Points of one photograph, twice those of the largest cameras on microscopes. A scan of a whole
slide has a thousand times as many; a field is cut out of it."""

LARGEST_STUDY = 2048 * MEGABYTE
"""Bytes of all files in a study's folder: each run reads all of them, to see whether any changed,
and that takes some seconds. The tables of the study above are a hundredth; scans and the like are
better kept elsewhere."""

MOST_CELLS = 3_000_000
"""Cells of one table, six times those of the study above."""

MOST_MARKS = 2_400_000
"""Opening and closing marks of XML in a workbook: a cell with a value has four, an empty one can
have one, and each takes a third of a kilobyte while it is read."""

ROW_COST = 2
"""Cells that a row counts for beside its own: it takes room even where it holds one."""

SMALLEST_NUMBER, LARGEST_NUMBER = 1e-12, 1e12
"""Between these is every measurement in any unit, and no sum or ratio of them is infinite."""

MOST_COLUMNS = 1_000
"""Columns of one table; no contract has more than ten."""

LONGEST_CELL = 32_767
"""Letters in one cell, as many as a spreadsheet takes."""

LONGEST_NAME = 200
"""Letters of a name of a patient, a test or a cell population; a figure writes it out."""

DEEPEST_SETTINGS = 20
"""Groups within groups of YAML; study.yml has four."""

LARGEST_WHOLE_NUMBER = 2**53
"""Whole numbers beyond this are not exact as the numbers that the analysis computes with."""

LAST_ROW = 1_048_576
"""The last row that a spreadsheet has."""

MOST_FAULTS = 1_000
"""Faults of one column that are told; who has more has one cause, and needs no longer list."""
