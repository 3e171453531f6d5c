"""What no single cell tells is told by check, once, with its own mend: faults.md, section C."""

import pytest
from tests.study_folders import CORE_SET, PATIENTS, find_only_fault, write_study

from helpers.study import check_study, read_study

SIX = "patient_id,arm\n" + "".join(f"P0{number},treated\n" for number in range(1, 7))
DISPOSITION = "patient_id,last_month,completed,stop_reason\n"
BIOPSIES = "patient_id,month,marker,value,unit,expressed,reader\n"
CYTOKINES = "patient_id,month,analyte,concentration,unit,bound\n"
ITEMS = "patient_id,month,instrument,item,response\n"
DRUGS = "patient_id,drug,dose,unit,start_month,end_month\n"


def find_fault(tmp_path, tables=None, **settings):
    return find_only_fault(write_study(tmp_path / "x", tables, **settings))


class TestUnits:
    @pytest.mark.parametrize(
        ("table", "rows", "found", "mend"),
        [
            (
                "biopsies",
                BIOPSIES + "P1,0,CD3,3,cells/mm2,true,r\nP2,0,CD3,3,cells/mm\u00b2,true,r\n",
                "CD3 in cells/mm\u00b2, after cells/mm2 in row 2",
                "the two are one unit: write cells/mm2 in every row",
            ),
            (
                "cytokines",
                CYTOKINES + "P1,0,IL-6,3,pg/mL,in_range\nP2,0,IL-6,3,ng/mL,in_range\n",
                "IL-6 in ng/mL, after pg/mL in row 2",
                "multiply by 1000 and write pg/mL, or correct the unit",
            ),
            (
                "labs",
                "patient_id,day,test,value,unit\nP1,0,CRP,31,mg/L\nP2,0,CRP,2.1,mg/dL\n",
                "CRP in mg/dL, after mg/L in row 2",
                "multiply by 10 and write mg/L, or correct the unit",
            ),
            (
                "in_vitro",
                "donor,condition,analyte,concentration,unit\n"
                "D1,a,IL-6,410,pg/mL\nD2,a,IL-6,0.4,MFI\n",
                "IL-6 in MFI, after pg/mL in row 2",
                "convert the values: no exact factor between the two is known; or correct the unit",
            ),
        ],
    )
    def test_a_second_unit_of_a_quantity_is_one_fault(self, tmp_path, table, rows, found, mend):
        fault = find_fault(tmp_path, {table: rows})
        assert fault.place == f"tables/{table}.csv, row 3, column unit"
        assert (fault.found, fault.mend) == (found, mend)

    def test_two_quantities_may_have_two_units(self, tmp_path):
        rows = CYTOKINES + "P1,0,IL-6,3,pg/mL,in_range\nP1,0,CRP,3,mg/L,in_range\n"
        assert check_study(write_study(tmp_path / "x", {"cytokines": rows})) == []

    def test_a_range_of_healthy_people_in_another_unit_is_a_fault(self, tmp_path):
        reference = {"low": 0, "high": 2, "unit": "pg/ml", "source": "a source"}
        rows = CYTOKINES + "P1,0,IL-6,3,pg/mL,in_range\n"
        fault = find_fault(tmp_path, {"cytokines": rows}, references={"IL-6": reference})
        assert (fault.column, fault.found) == ("references.IL-6.unit", "pg/ml")
        assert fault.mend == "the two are one unit: write pg/mL in every row"


class TestQuestionnaires:
    @pytest.mark.parametrize(
        ("row", "column", "found"),
        [
            ("P1,0,haq,Dressing1,1", "item", "Dressing1"),
            ("P1,0,haq,2,4", "response", "4 for item 2 of haq"),
            ("P1,0,haq,aid_grip,2", "response", "2 for item aid_grip of haq"),
            ("P1,0,map,1,0", "response", "0 for item 1 of map"),
            ("P1,0,sf36,37,1", "item", "37"),
        ],
    )
    def test_what_the_form_does_not_have_is_a_fault(self, tmp_path, row, column, found):
        fault = find_fault(tmp_path, {"questionnaires": ITEMS + row + "\n"})
        assert (fault.row, fault.column, fault.found) == (2, column, found)

    def test_what_the_form_has_is_none(self, tmp_path):
        rows = ITEMS + "P1,0,haq,2,3\nP1,0,haq,aid_grip,1\nP1,0,map,31,7\nP1,0,sf36,36,\n"
        assert check_study(write_study(tmp_path / "x", {"questionnaires": rows})) == []


class TestCourses:
    def test_a_drug_that_ends_before_it_starts_is_a_fault(self, tmp_path):
        fault = find_fault(tmp_path, {"medications": DRUGS + "P1,x,1,mg,5,2\nP2,x,1,mg,2,2\n"})
        assert (fault.row, fault.found) == (2, "a course from month 5 to 2")

    def test_an_event_that_ends_before_it_begins_is_a_fault(self, tmp_path):
        rows = "patient_id,day,end_day,kind,event\nP1,0,-1,finding,rash\n"
        assert find_fault(tmp_path, {"case_events": rows}).found == "an event from day 0 to -1"


class TestSettings:
    def test_a_family_of_an_endpoint_there_is_not_is_a_fault(self, tmp_path):
        family = {"title": "A family", "endpoints": ["mmt8", "fatige"]}
        rows = "patient_id,month,test,value,unit\nP1,0,fatigue,3,points\n"
        tables = {"performance_tests": rows}
        fault = find_fault(tmp_path, tables, endpoint_families={"a": family})
        assert (fault.column, fault.found) == ("endpoint_families.a.endpoints", "fatige")
        assert fault.mend.startswith("did you mean fatigue? ")

    def test_an_arm_without_patients_is_a_fault(self, tmp_path):
        fault = find_fault(tmp_path, arms={"treated": "Treated", "placebo": "Placebo"})
        assert (fault.column, fault.found) == ("arms.placebo", "an arm without patients")

    @pytest.mark.parametrize(("months", "faulty"), [((0, 1, 3), True), ((0, 3, 6), False)])
    def test_a_visit_nobody_had_is_a_fault_unless_it_is_still_to_come(
        self, tmp_path, months, faulty
    ):
        visits = [{"month": month, "label": f"Month {month}"} for month in months]
        folder = write_study(tmp_path / "x", {"core_set": CORE_SET}, visits=visits)
        assert [fault.found for fault in check_study(folder)] == [
            "nobody has a visit at month 1 (Month 1)"
        ] * faulty


def test_a_first_transfer_of_one_visit_is_accepted(tmp_path):
    core = "\n".join(line for line in CORE_SET.splitlines() if ",3,1,2.5" not in line) + "\n"
    folder = write_study(tmp_path / "x", {"patients": PATIENTS, "core_set": core})
    assert check_study(folder) == []
    assert len(read_study(folder).table("core_set")) == 2
