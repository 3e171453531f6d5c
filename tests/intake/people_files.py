"""Files as people have them, made by code: workbooks, exports, statistics files."""

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

PATIENTS = tuple(f"P{number:02d}" for number in range(1, 9))
MONTHS = (0, 3, 6)
ARMS = ("drug", "placebo")
DIAGNOSES = ("PM", "DM", "IBM", "DM")


def sex(at: int) -> str:
    """Give a patient's sex."""
    return "female" if at % 3 else "male"


def measure(at: int, visit: int) -> dict[str, float]:
    """Give one patient's core set at one visit: those on the drug, even numbers, improve."""
    fall = visit * (0.9 if at % 2 == 0 else 0.2)
    return {
        "physician_global": round(6.2 - fall * 1.5 + at * 0.1, 1),
        "patient_global": round(5.8 - fall * 1.2 + at * 0.1, 1),
        "haq_di": 1.5 - 0.25 * round(fall) + 0.125 * (at % 3),
        "ck": round(12.4 - fall * 3 + at * 0.4, 1),
        "extramuscular": round(3.1 - fall + at * 0.1, 1),
        "mmt8": 60 + round(fall * 5) + at,
    }


def write_csv(
    path: Path, rows: list[list[object]], *, separator: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write a text file."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def write_swedish_workbook(folder: Path) -> Path:
    """A wide workbook: a title, a column for each visit, adverse events on a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet["A1"] = "Myositstudien, Karolinska – utdrag 2026-11-01"
    sheet["A2"] = "Ansvarig: NN"
    header = ["Pat nr", "Kön", "Ålder vid inklusion", "Diagnos", "Behandlingsgrupp"]
    for visit in (1, 2, 3):
        header += [
            f"Läkarens globala bedömning v{visit}",
            f"Patientens globala bedömning v{visit}",
            f"HAQ v{visit}",
            f"CK v{visit} (µkat/L)",
            f"Extramuskulär aktivitet v{visit}",
            f"MMT-8 v{visit}",
            f"Datum v{visit}",
        ]
    sheet.append([])
    sheet.append([*header, "Kommentar"])
    start = dt.date(2024, 3, 1)
    for at, patient in enumerate(PATIENTS):
        row = [patient, "K" if sex(at) == "female" else "M", 45 + at, DIAGNOSES[at % 4]]
        row.append("Aktiv" if at % 2 == 0 else "Placebo")
        for visit in range(3):
            values = measure(at, visit)
            row += [
                *(values["physician_global"], values["patient_global"], values["haq_di"]),
                "saknas" if (at, visit) == (7, 2) else str(values["ck"]).replace(".", ","),
                *(values["extramuscular"], values["mmt8"]),
                start + dt.timedelta(days=at * 7 + visit * 91),
            ]
        sheet.append([*row, "ok" if at else "flyttad"])
    events = book.create_sheet("Biverkningar")
    events.append(
        [
            "Pat nr",
            "Händelse",
            "Organsystem",
            "Grad",
            "Allvarlig",
            "Samband",
            "Åtgärd",
            "Startmånad",
        ]
    )
    events.append(["P01", "Huvudvärk", "Nervsystemet", "lindrig", "nej", "möjligt", "ingen", 1])
    events.append(["P04", "Pneumoni", "Infektioner", "svår", "ja", "osannolikt", "uppehåll", 2.5])
    path = folder / "Myosit 2026-11-01.xlsx"
    book.save(path)
    return path


DICTIONARY_HEADER = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
]
FIELDS = [
    ["record_id", "demographics", "", "text", "Record ID", "", ""],
    ["gender", "demographics", "", "radio", "Sex", "1, Female | 2, Male", ""],
    ["age", "demographics", "", "text", "Age (years)", "", ""],
    ["dx", "demographics", "", "checkbox", "Diagnosis", "1, Polymyositis | 2, Dermatomyositis", ""],
    ["rand_arm", "demographics", "", "radio", "Treatment arm", "1, Drug X | 2, Placebo", ""],
    ["start_dt", "demographics", "", "text", "Date of first dose", "", ""],
    ["phga", "core_set_measures", "", "text", "Physician global activity (cm)", "", ""],
    ["ptga", "core_set_measures", "", "text", "Patient global activity (cm)", "", ""],
    ["haq", "core_set_measures", "", "text", "HAQ-DI", "", ""],
    ["ck", "core_set_measures", "", "text", "Creatine kinase (U/L)", "", ""],
    ["exm", "core_set_measures", "", "text", "Extramuscular activity", "", ""],
    ["mmt8", "core_set_measures", "", "text", "MMT-8", "", ""],
    ["ae_term", "adverse_events", "", "text", "Event", "", ""],
    ["ae_start", "adverse_events", "", "text", "Start date", "", ""],
    [
        "ae_grade",
        "adverse_events",
        "",
        "dropdown",
        "CTCAE grade",
        "1, Mild | 2, Moderate | 3, Severe",
        "",
    ],
    ["ae_serious", "adverse_events", "", "yesno", "Serious?", "", ""],
]


def write_redcap(folder: Path, *, labelled: bool = False) -> list[Path]:
    """A longitudinal REDCap export: repeating adverse events, ticked boxes, codes or labels."""
    names = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    names += ["gender", "age", "dx___1", "dx___2", "rand_arm", "start_dt", "demographics_complete"]
    names += ["phga", "ptga", "haq", "ck", "exm", "mmt8", "core_set_measures_complete"]
    names += ["ae_term", "ae_start", "ae_grade", "ae_serious", "adverse_events_complete"]
    events = ("baseline_arm_1", "month_3_arm_1", "month_6_arm_1")
    rows: list[list[object]] = []
    for at, _ in enumerate(PATIENTS):
        for visit, event in enumerate(events):
            values = measure(at, visit)
            row: dict[str, object] = dict.fromkeys(names, "")
            row |= {"record_id": at + 1, "redcap_event_name": event}
            if visit == 0:
                boxes = {"dx___1": 1 - at % 2, "dx___2": at % 2}
                row |= {"gender": 1 if sex(at) == "female" else 2, "age": 50 + at, **boxes}
                row |= {
                    "rand_arm": 1 + at % 2,
                    "start_dt": "2024-02-01",
                    "demographics_complete": 2,
                }
            row |= {"phga": values["physician_global"], "ptga": values["patient_global"]}
            row |= {"haq": values["haq_di"], "ck": round(60 * values["ck"]), "mmt8": values["mmt8"]}
            row |= {"exm": values["extramuscular"], "core_set_measures_complete": 2}
            rows.append([row[name] for name in names])
        if at in (2, 5):
            row = dict.fromkeys(names, "")
            row |= {"record_id": at + 1, "redcap_event_name": events[0]}
            row |= {"redcap_repeat_instrument": "adverse_events", "redcap_repeat_instance": 1}
            row |= {"ae_term": "Nausea", "ae_start": "2024-03-02", "ae_grade": 1, "ae_serious": 0}
            rows.append([row[name] for name in names])
    if labelled:
        names, rows = _label(names, rows)
    data = write_csv(folder / "MyoTrial_DATA_2026-11-01_0912.csv", [names, *rows])
    dictionary = write_csv(
        folder / "MyoTrial_DataDictionary_2026-11-01.csv", [DICTIONARY_HEADER, *FIELDS]
    )
    return [data, dictionary]


def _label(names: list[str], rows: list[list[object]]) -> tuple[list[str], list[list[object]]]:
    """Write an export as REDCap does with labels: labels as header, and labels for codes."""
    fields = {row[0]: row for row in FIELDS}
    own = {
        "redcap_event_name": "Event Name",
        "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance",
        "dx___1": "Diagnosis (choice=Polymyositis)",
        "dx___2": "Diagnosis (choice=Dermatomyositis)",
    }
    header = [
        own.get(name) or (fields[name][4] if name in fields else "Complete?") for name in names
    ]
    events = {"baseline_arm_1": "Baseline", "month_3_arm_1": "Month 3", "month_6_arm_1": "Month 6"}
    codes = {
        name: dict(pair.strip().split(", ") for pair in row[5].split("|"))
        for name, row in fields.items()
        if row[3] in ("radio", "dropdown")
    }
    codes |= {"ae_serious": {"0": "No", "1": "Yes"}, "redcap_event_name": events}
    codes |= {box: {"0": "Unchecked", "1": "Checked"} for box in ("dx___1", "dx___2")}
    return header, [
        [codes.get(name, {}).get(str(cell), cell) for name, cell in zip(names, row, strict=True)]
        for row in rows
    ]


def write_spss(folder: Path) -> Path:
    """A wide SPSS file with value labels and a labelled code for missing."""
    rows = []
    for at, _ in enumerate(PATIENTS):
        row: dict[str, object] = {"id": float(at + 1), "kon": 1.0 if sex(at) == "female" else 2.0}
        row |= {"grupp": float(1 + at % 2), "diag": float(1 + at % 2), "alder": 40.0 + at}
        for visit, month in enumerate(MONTHS):
            values = measure(at, visit)
            row |= {f"mdga_{month}": values["physician_global"] * 10}
            row |= {
                f"ptga_{month}": values["patient_global"] * 10,
                f"haq_{month}": values["haq_di"],
            }
            row |= {f"ck_{month}": 999999.0 if (at, visit) == (3, 1) else round(values["ck"] * 60)}
            row |= {f"emga_{month}": values["extramuscular"] * 10, f"mmt8_{month}": values["mmt8"]}
        rows.append(row)
    path = folder / "trial.sav"
    pyreadstat.write_sav(
        pd.DataFrame(rows).round(3),
        str(path),
        column_labels={
            "kon": "Kön",
            "diag": "Diagnos",
            "grupp": "Behandlingsgrupp",
            "alder": "Ålder",
        }
        | {f"ck_{month}": f"CK (U/L) månad {month}" for month in MONTHS},
        variable_value_labels={
            "kon": {1.0: "Kvinna", 2.0: "Man"},
            "grupp": {1.0: "Aktiv", 2.0: "Placebo"},
            "diag": {1.0: "Polymyosit", 2.0: "Dermatomyosit"},
            "ck_3": {999999.0: "Saknas"},
        },
    )
    return path


def write_long_csv(folder: Path) -> list[Path]:
    """A CSV with one row a test in mixed units and limits, and one with the patients."""
    rows: list[list[object]] = [["subject", "visit", "analyte", "result", "unit", "lab comment"]]
    for at, patient in enumerate(PATIENTS):
        for visit, name in enumerate(("Baseline", "Week 12", "Week 26")):
            values = measure(at, visit)
            in_katal = at % 2 == 0
            ck = values["ck"] if in_katal else round(values["ck"] * 60)
            rows.append([patient, name, "CK", ck, "µkat/L" if in_katal else "U/L", ""])
            low = at == 1 and visit == 2
            rows.append(
                [patient, name, "IL-6", "<0.7" if low else round(3.1 + at - visit, 2), "pg/mL", ""]
            )
            in_nano = at % 4 == 0
            ra = 0.4 + at / 10
            rows.append(
                [
                    patient,
                    name,
                    "IL-1Ra",
                    ra if in_nano else round(ra * 1000),
                    "ng/ml" if in_nano else "pg/mL",
                    "x",
                ]
            )
            rows.append([patient, name, "MMT8", values["mmt8"], "", ""])
    data = write_csv(folder / "lab_results.csv", rows)
    people = [["subject", "sex", "age", "treatment group"]]
    people += [[p, sex(at)[0].upper(), 50 + at, ARMS[at % 2]] for at, p in enumerate(PATIENTS)]
    return [data, write_csv(folder / "people.csv", people)]


def write_semicolon_csv(folder: Path) -> Path:
    """A German CSV: semicolons, decimal commas, Windows letters, one column a visit."""
    header = ["Patienten-Nr.", "Geschlecht", "Gruppe", "Beginn der Behandlung"]
    short = {"BL": 0, "M3": 1, "M6": 2}
    for name in short:
        header += [f"MDGA {name}", f"PTGA {name}", f"HAQ {name}", f"Kreatinkinase {name} [U/l]"]
        header += [f"EMGA {name}", f"MMT8 {name}"]
    rows: list[list[object]] = [[*header, "Größe"]]
    for at, patient in enumerate(PATIENTS):
        row: list[object] = [
            patient,
            "w" if sex(at) == "female" else "m",
            ARMS[at % 2],
            "05.02.2024",
        ]
        for visit in short.values():
            values = measure(at, visit) | {"ck": round(measure(at, visit)["ck"] * 60)}
            row += [
                str(values[name]).replace(".", ",")
                for name in (
                    "physician_global",
                    "patient_global",
                    "haq_di",
                    "ck",
                    "extramuscular",
                    "mmt8",
                )
            ]
        rows.append([*row, "1,74"])
    return write_csv(folder / "auswertung.csv", rows, separator=";", encoding="cp1252")


def write_adam_bds(folder: Path, patients: list[str]) -> list[Path]:
    """ADQS and ADLB of some patients, as SAS transport files."""
    core = {"PHGA": "Physician Global Activity (cm)", "PTGA": "Patient Global Activity (cm)"}
    core |= {"HAQDI": "HAQ-DI", "MMT8": "MMT-8", "EMGA": "Extramuscular Global Activity"}
    keys = ("physician_global", "patient_global", "haq_di", "mmt8", "extramuscular")
    adqs, adlb = [], []
    for at, patient in enumerate(patients):
        for visit, name in enumerate(("Baseline", "Week 12", "Week 24")):
            values = measure(at % 8, visit)
            base = {
                "USUBJID": patient,
                "AVISIT": name,
                "AVISITN": visit * 12.0,
                "ANL01FL": "Y",
                "DTYPE": "",
            }
            for (code, label), key in zip(core.items(), keys, strict=True):
                adqs.append(base | {"PARAMCD": code, "PARAM": label, "AVAL": float(values[key])})
            lab = {"ALT": "Alanine Aminotransferase (U/L)", "CK": "Creatine Kinase (U/L)"}
            for code, label in lab.items():
                adlb.append(
                    base
                    | {"PARAMCD": code, "PARAM": label, "AVAL": float(round(values["ck"] * 60))}
                )
        adlb.append(adlb[-1] | {"AVAL": 1.0, "ANL01FL": ""})
        adqs.append(adqs[-1] | {"AVAL": 1.0, "DTYPE": "LOCF"})
    paths = [folder / "adqs.xpt", folder / "adlb.xpt"]
    for path, rows in zip(paths, (adqs, adlb), strict=True):
        pyreadstat.write_xport(pd.DataFrame(rows), str(path), file_format_version=5)
    return paths
