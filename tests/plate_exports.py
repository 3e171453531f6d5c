"""Plate readers' exports made by code: the forms of real programs, with numbers that we made up.

The readings of a plate lie exactly on `TRUTH` (rounded as a reader prints them), so what must come
out is known.
"""

import csv
import io

import openpyxl

from helpers.quantify.elisa.curve import Curve
from helpers.quantify.elisa.read.plate import name_well

TRUTH = Curve("4pl", (0.05, 1.2, 800.0, 3.0, 1.0))
STANDARDS = (0.0, 31.25, 62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0)
SAMPLES = {"S1": ("P01", 0, 200.0), "S2": ("P01", 6, 90.0), "S3": ("P02", 0, 700.0)}
DILUTIONS = (2, 10)
HEADER = [*("plate", "well", "role", "sample", "patient_id"), *("month", "analyte", "nominal")]
HEADER.append("dilution")
BACKGROUND = 0.04


def list_contents():
    """List well, role, sample, patient, month, nominal, dilution and concentration in the well."""
    contents = []
    for row, nominal in enumerate(STANDARDS):
        for column in (0, 1):
            contents.append((name_well(row, column), "standard", f"Std{row}", nominal, 1, nominal))
    at = 16
    for name, content in (("low", 60.0), ("high", 900.0)):
        for _ in range(2):
            contents.append((name_well(at % 8, at // 8), "control", name, None, 1, content))
            at += 1
    for name, (_, _, content) in SAMPLES.items():
        for dilution in DILUTIONS:
            for _ in range(2):
                well = name_well(at % 8, at // 8)
                contents.append((well, "sample", name, None, dilution, content))
                at += 1
    return contents


def wobble(well):
    """Give a replicate its deviation, the same each time: one well of a pair above, one below."""
    return 1.02 if (ord(well[0]) + int(well[1:])) % 2 else 0.98


def read_wells(*, exact=False):
    """Give the signal of every well, with four decimals; a well without content has 0.045."""
    signals = {name_well(row, column): 0.045 for row in range(8) for column in range(12)}
    for well, _, _, _, dilution, content in list_contents():
        signal = float(TRUTH.signal(content / dilution))
        signals[well] = round(signal * (1 if exact else wobble(well)), 4)
    return signals


def list_layout(plate="Plate1", analyte="IL-6"):
    """List the rows of layout.csv for the plate; unused wells as one range and single rows."""
    rows, used = [], set()
    for well, role, sample, nominal, dilution, _ in list_contents():
        patient, month, _ = SAMPLES.get(sample, ("", "", None))
        given = "" if nominal is None else f"{nominal:g}"
        rows.append([plate, well, role, sample, patient, str(month), analyte, given, str(dilution)])
        used.add(well)
    rest = [well for well in read_wells() if well not in used and int(well[1:]) < 6]
    rows += [[plate, well, "empty", *[""] * 6] for well in rest]
    return [*rows, [plate, "A6:H12", "empty", *[""] * 6]]


def write_layout(path, rows=None, header=HEADER):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *(rows or list_layout())])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def softmax_text(
    *, form="PlateFormat", name="Plate1", masked=(), wells=None, dual=True, results=None
):
    """Write the text of SoftMax Pro: one plate, its groups of standards and unknowns."""
    first = wells or read_wells()
    signals = [first]
    if dual:
        signals = [{well: round(value + BACKGROUND, 4) for well, value in first.items()}]
        signals.append(dict.fromkeys(first, BACKGROUND))
    waves = "450 620" if dual else "450"
    head = f"Plate:\t{name}\t1.3\t{form}\tEndpoint\tAbsorbance\tRaw\tFALSE\t1\t\t\t\t\t\t"
    lines = [f"{head}{len(signals)}\t{waves} \t1\t12\t96\t1\t8"]
    if form == "PlateFormat":
        numbers = "\t".join(map(str, range(1, 13)))
        lines.append("\tTemperature(¡C)\t" + "\t\t".join([numbers] * len(signals)))
        for row in range(8):
            parts = [
                "\t".join(str(one[name_well(row, column)]) for column in range(12))
                for one in signals
            ]
            lines.append(f"\t{'24.6' if row == 0 else ''}\t" + "\t\t".join(parts))
    else:
        lines.append("\tTemperature(¡C)\t" + "\t".join(first))
        lines += ["\t24.6\t" + "\t".join(map(str, one.values())) for one in signals]
    lines += ["", "~End"]
    groups = [write_group("Standards", "standard", first, masked, results or {})]
    groups += [write_group("Unknowns", "sample", first, masked, results or {})]
    blocks = [lines, *groups]
    listed = [line for block in blocks for line in block]
    return "\r\n".join([f"##BLOCKS= {len(blocks)}", *listed, "Original Filename: x"])


def write_group(title, role, signals, masked, results):
    extra = "Conc" if role == "standard" else "Dilution"
    lines = [f"Group: {title}", f"Sample\t{extra}\tResult\tWells\tOD\tMeanOD"]
    last = None
    for well, of_role, sample, nominal, dilution, _ in list_contents():
        if of_role != role:
            continue
        key = (sample, dilution)
        known = nominal if role == "standard" else dilution
        first = f"{sample}\t{known:.3f}" if key != last else " \t "
        reading = "Masked" if well in masked else f"{signals[well]:.3f}"
        result = "Masked" if well in masked else results.get(well, "Range?")
        lines.append(f"{first}\t{result}\t{well}\t{reading}\t0.1")
        last = key
    formula = "!Conc" if role == "standard" else "!Factor"
    lines += ["", "Group Column\tFormula Name\tFormula\tPrecision\tNotation"]
    formulas = ("!SampleNames", formula, "InterpX(Std@Curve,OD)", "!WellIDs", "!WellValues")
    names = ("Sample", extra, "Result", "Wells", "OD")
    for at, (name, text) in enumerate(zip(names, formulas, strict=True), start=1):
        lines.append(f"{at}\t{name}\t{text}\t3 DP\tNumeric")
    return [*lines, "", "Group Summaries", "~End"]


def gen5_text(wells=None, *, plate="Plate1"):
    """Write the text of Gen5: a matrix of readings."""
    signals = wells or read_wells()
    lines = ["", "Software Version\t3.12.08", "", f"Plate Number\t{plate}", "Reader Type:\tn/a", ""]
    lines += ["Results", "\t" + "\t".join(map(str, range(1, 13)))]
    for row in range(8):
        cells = "\t".join(f"{signals[name_well(row, column)]:.4f}" for column in range(12))
        lines.append(f"{'ABCDEFGH'[row]}\t{cells}\tRead 1:450")
    return "\n".join([*lines, ""])


def grid_rows(wells=None, *, plate="Plate 1"):
    """Give the rows of a plate as a grid, as any reader's program writes it."""
    signals = wells or read_wells()
    rows = [["A reader of no name"], [plate], ["Wavelength: 450 nm"], [""]]
    rows.append(["", *map(str, range(1, 13))])
    rows += [
        ["ABCDEFGH"[row], *(str(signals[name_well(row, column)]) for column in range(12))]
        for row in range(8)
    ]
    return rows


def grid_text(wells=None, *, mark=",", comma=False, plate="Plate 1"):
    lines = [mark.join(row) for row in grid_rows(wells, plate=plate)]
    text = "\n".join([*lines, ""])
    return text.replace(".", ",") if comma else text


def write_workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([_number(cell) for cell in row])
    book.save(path)
    return path


def _number(cell):
    try:
        return float(cell)
    except ValueError:
        return cell


def bioplex_rows(analyte="IL-6 (19)", *, wells=None):
    """Give the rows of one sheet of Bio-Plex Manager, with a curve of five parameters."""
    signals = wells or read_wells()
    a, b, c, d, _ = TRUTH.coefficients
    rows = [["File Name: x.rbx"], [f"Analyte: {analyte}"], ["Plate ID: Plate1"], [""]]
    names = ["Analyte", "Type", "Well", "Description", "FI", "FI - Bkgd", "Obs Conc", "Exp Conc"]
    rows.append([*names, "Dilution"])
    for well, role, sample, nominal, dilution, content in list_contents():
        kind = {"standard": "S1", "control": "C1", "sample": "X1"}[role]
        expected = "" if nominal is None else str(nominal)
        reading = str(signals[well])
        row = [analyte, kind, well, sample, reading, reading, str(content), expected]
        rows.append([*row, str(dilution)])
    curve = f"Std. Curve: FI = {d} + ({a} - {d}) / ((1 + (Conc / {c})^{b}))^1"
    return [*rows, [""], ["Regression Type: Logistic - 5PL"], [curve]]
