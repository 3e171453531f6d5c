"""Ways to spoil a study folder, by what they spoil: each changes one thing, and says in words what.

Each takes the folder and a source of chance. The later attack on people's own files draws from the
same lists.
"""

from attacks.spoil.files import spoil_files
from attacks.spoil.settings import spoil_grid, spoil_settings
from attacks.spoil.tables import spoil_table
from attacks.spoil.texts import spoil_bytes
from attacks.spoil.workbooks import spoil_statistics_file, spoil_workbook

__all__ = ["WAYS", "spoil_grid"]

WAYS = (
    *[spoil_bytes] * 4,
    *[spoil_table] * 6,
    *[spoil_settings] * 5,
    *[spoil_files] * 3,
    *(spoil_workbook, spoil_workbook, spoil_statistics_file),
)
