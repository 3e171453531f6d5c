"""What was not recorded is told as not recorded, never as no; every source is drawn on."""

import pytest
from tests.statements.studies import (
    build,
    dispose,
    find,
    leave,
    make_arms,
    name_patients,
    record_events,
    say,
    write_rows,
)
from tests.study_folders import find_only_fault, write_study

from helpers.answers import cohort, functional_index, response, safety, t_cells

ARMS = make_arms(drug=3)
NAMES = name_patients(3)


def treat(folder, **tables):
    return safety.treatment(cohort.flow(cohort.availability(build(folder, ARMS, tables=tables))))


def leave_two(reason):
    return leave(("P01", 3, reason), completed=[("P02", 6), ("P03", 6)])


@pytest.mark.parametrize(
    ("reason", "event"),
    [
        ("death", None),
        ("moved", ("P01", "Sudden death", None, True, None, None)),
        ("moved", ("P01", "Collapse", 5, None, None, None)),
    ],
)
def test_a_death_is_told_whatever_table_holds_it(tmp_path, reason, event):
    # Fault B1: "and 0 died" with a death in the table.
    tables = {"disposition": leave_two(reason)}
    tables |= {"adverse_events": record_events(event)} if event else {}
    treatment = treat(tmp_path, **tables)
    assert "1 of 3 patients died." in say(treatment)
    assert "0 died" not in say(treatment)
    assert find(treatment, "died.drug")["value"] == 1


def test_without_any_source_deaths_were_not_recorded(tmp_path):
    treatment = treat(tmp_path)
    assert "adverse events and deaths were not recorded" in say(treatment)
    row = find(treatment, "died.drug")
    assert row["state"] == "unknown"


def test_a_reason_that_was_not_given_leaves_a_death_open(tmp_path):
    treatment = treat(tmp_path, disposition=leave_two(None))
    assert "Whether anybody died was not recorded of 1 patient" in say(treatment)
    assert "1 reason not given" in say(treatment)
    assert "No death" not in say(treatment)


def test_a_reason_says_adverse_event_where_the_action_is_empty(tmp_path):
    # Fault B2: "0 for other adverse events and 2 for other reasons".
    events = record_events(("P01", "Rash", 2, False, True, None))
    treatment = treat(
        tmp_path, disposition=leave_two("adverse event (rash)"), adverse_events=events
    )
    assert "1 “adverse event (rash)” (by kind: 1 for an adverse event)" in say(treatment)
    assert find(treatment, "stopped.drug.other-adverse-event")["value"] == 1
    assert find(treatment, "events.drug.leading-to-stopping-treatment.patients")["value"] == 1


def test_an_empty_action_cannot_be_told(tmp_path):
    events = record_events(("P01", "Rash", 2, False, True, None))
    treatment = treat(tmp_path, disposition=leave_two("own decision"), adverse_events=events)
    row = find(treatment, "stopped.drug.other-adverse-event")
    assert row["state"] == "unknown"
    assert row["reason"] == "of 1 stop the cause is not told"
    assert "1 for a cause that is not told" in say(treatment)


def test_the_disease_is_told_apart_from_adverse_events_and_reasons_as_written(tmp_path):
    out = dispose(
        P01=("left", 3, "increased muscle symptoms"),
        P02=("left", 3, "lack of efficacy"),
        P03=("left", 3, "headache"),
    )
    events = record_events(
        ("P01", "Muscular weakness", 2, False, False, "stopped"),
        ("P03", "Headache", 2, False, True, "stopped"),
    )
    treatment = treat(tmp_path, disposition=out, adverse_events=events)
    assert "1 “increased muscle symptoms”, 1 “lack of efficacy” and 1 “headache”" in say(treatment)
    assert "(by kind: 1 for an adverse event and 2 for disease activity)" in say(treatment)
    assert "skin" not in say(treatment)  # fault A7: no local reaction where none occurred


def test_grades_that_are_empty_are_no_zero(tmp_path):
    # Fault B3: "0 (0 %) ... 0.0 (0.0 to 10.5)".
    events = record_events(("P01", "Rash", None, False, True, "none"))
    treatment = treat(tmp_path, disposition=leave_two("moved"), adverse_events=events)
    assert "whether any was of grade 3 or higher is not known of 1 patient" in say(treatment)
    name = "events.drug.grade-3-or-higher"
    assert find(treatment, f"{name}.patients")["state"] == "unknown"
    assert find(treatment, f"{name}.rate")["reason"] == "not known of 1 event"
    table = safety.adverse_events(treatment).find("adverse_events_overview").frame
    rows = table.set_index("adverse event")
    assert rows.loc["Grade 3 or higher", ["patients", "events"]].tolist() == ["not recorded"] * 2
    assert rows.loc["Serious", "patients"].startswith("0")


def test_seriousness_that_is_empty_is_no_zero(tmp_path):
    events = record_events(
        ("P01", "Rash", 1, None, True, "none"), ("P02", "Fall", 3, True, False, "none")
    )
    treatment = treat(tmp_path, disposition=leave_two("moved"), adverse_events=events)
    assert "at least 1 had a serious one (not known of 1 patient)" in say(treatment)
    row = find(treatment, "events.drug.serious.patients")
    assert (row["value"], row["state"], row["text"]) == (1, "unknown", "at least 1")


def test_relatedness_that_is_empty_is_no_zero(tmp_path):
    events = record_events(("P01", "Rash", 1, False, None, "none"))
    treatment = treat(tmp_path, disposition=leave_two("moved"), adverse_events=events)
    assert find(treatment, "events.drug.related-to-treatment.patients")["state"] == "unknown"


def test_no_event_at_all_is_known(tmp_path):
    treatment = treat(tmp_path, disposition=leave_two("moved"), adverse_events=record_events())
    assert "0 of 3 patients had an adverse event recorded" in say(treatment)
    assert find(treatment, "events.drug.serious.patients")["state"] == "known"


def test_a_percentage_of_no_cells_is_missing(tmp_path):
    # Fault B4: a real 0 %, n = 3.
    head = "patient_id,month,population,parent,percent,events"
    rows = [(n, m, "CD4+ IL-17A+", "CD4+ T cells", 0, 0) for n in NAMES for m in (0, 6)]
    rows += [(n, m, "CD4+ IFN-gamma+", "CD4+ T cells", 2, 9000) for n in NAMES for m in (0, 6)]
    study = build(tmp_path, ARMS, tables={"t_cells": write_rows(head, rows)})
    compared = t_cells.compare_visits(study)
    il17 = compared.pairs[compared.pairs["panel"] == "CD4+ IL-17A+"]
    assert il17[["before", "after"]].isna().all(axis=None)
    assert study.table("t_cells")["percent"].notna().sum() == 6


@pytest.mark.parametrize(
    ("cell", "bound", "what", "mend"),
    [
        ("", "below", "an empty cell, marked below", "the lower limit of quantification"),
        ("", "above", "an empty cell, marked above", "the upper limit of quantification"),
        ("OOR <", "in_range", "'OOR <' (below the assay's range)", "and below in the column bound"),
        ("OOR>", "in_range", "'OOR>' (above the assay's range)", "and above in the column bound"),
        ("*1.42", "in_range", "'*1.42' (a number extrapolated", "without the star"),
        ("---", "in_range", "'---' (no value)", "leave the cell empty"),
    ],
)
def test_each_way_to_write_a_bound_has_its_own_mend(tmp_path, cell, bound, what, mend):
    # Faults B5 and B6.
    text = f"patient_id,month,analyte,concentration,unit,bound\nP1,0,IL-6,{cell},pg/mL,{bound}\n"
    fault = find_only_fault(write_study(tmp_path / "study", {"cytokines": text}))
    assert fault.found.startswith(what)
    assert mend in fault.mend


def test_an_index_that_was_not_measured_is_in_no_denominator(tmp_path):
    # Fault B7: "in 2 of 13 other patients" where 4 had no index.
    fates = {name: ["same"] for name in NAMES}
    index = write_rows("patient_id,month,fi", [("P01", 0, 30), ("P01", 6, 40), ("P02", 0, 30)])
    study = build(tmp_path, ARMS, fates=fates, tables={"functional_index": index})
    answer = functional_index.performance(study)
    assert "1 of 1 other patient in whom it could be compared" in say(answer)
    assert "an unknown number of 0 responders" in say(answer)
    assert find(answer, "fi.improved.others")["n"] == 1


def test_the_unknowns_of_the_score_stand_beside_it(tmp_path):
    # Fault E12.
    study = build(
        tmp_path,
        ARMS,
        fates={name: ["same"] for name in NAMES},
        tables={
            "patients": write_rows(
                "patient_id,arm,diagnosis", [("P01", "drug", "IBM"), ("P02", "drug", "PM"),
                                             ("P03", "drug", "DM")],
            )
        },
        instruments={"extramuscular": {"instrument": "mitax", "maximum": 10}},
    )  # fmt: skip
    told = " ".join(response.total_improvement(study).unknowns)
    assert "CK is not known of" in told
    assert "at most 92.5 of 100 can be reached" in told
    assert "Extramuscular activity is an index (MITAX, 0 to 10)" in told
    assert ">P01</a>" in told
    assert ">P02</a>" not in told


def test_doses_at_entry_stand_in_the_first_table_with_their_change(tmp_path):
    courses = write_rows(
        "patient_id,drug,dose,unit,start_month,end_month",
        [
            ("P01", "prednisolone", 10, "mg/day", -9, 3),
            ("P01", "prednisolone", 5, "mg/day", 3, None),
            ("P02", "prednisolone", None, "mg/day", -9, None),
            ("P01", "drug", 100, "mg/day", 0, None),
        ],
    )
    patients = write_rows("patient_id,arm,sex", [(name, "drug", "female") for name in NAMES])
    study = build(
        tmp_path,
        ARMS,
        tables={"patients": patients, "medications": courses, "disposition": leave_two("moved")},
    )
    table = cohort.at_entry(study).find("patients_at_entry").frame.set_index("at entry")
    doses = table[table.index.str.startswith("Prednisolone")].iloc[:, 0]
    assert [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in doses] == [
        "2 of 3: 10 (10 to 10); 1 not known",
        "0 (0 to 0); 1 not known",
    ]
    assert not table.index.str.startswith("Drug").any()
