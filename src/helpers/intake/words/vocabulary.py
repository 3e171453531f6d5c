"""What people call the columns of our tables, and the words they write into them.

Names are compared after `helpers.intake.words.names.fold_name`: small letters without accents, one
space between words. English, Swedish and German names, those of CDISC (SDTM and ADaM), and short
forms that are in use in the field. The IMACS repository's own list of variables is not public:
none of its names was taken from anywhere. Where two columns of a file fit one place, the name that
stands first here wins.
"""

from __future__ import annotations

PATIENT = (
    *("usubjid", "patient id", "patientid", "patient nr", "patientnr", "pat nr", "patnr", "pat id"),
    *("patid", "patient no", "patient number", "patientnummer", "patienten nr", "patient code"),
    *("subject id", "subjectid", "subject", "subjid", "record id", "study id", "studyid nr"),
    *("studienummer", "studie id", "studie nr", "participant id", "participant", "deltagare"),
    *("forsokspersonsnummer", "lopnummer", "pseudonym", "patient", "pat", "kod", "probanden nr"),
    *(
        "subj",
        "pt",
        "pt id",
        "pt nr",
        "id nummer",
        "id nr",
        "screening number",
        "screeningnummer",
        "case id",
        "pid",
        "id",
        "nr",
    ),
)

VISIT = (
    *("avisit", "visit", "visit name", "visitname", "redcap event name", "event name", "besok"),
    *("besoksnamn", "timepoint", "time point", "tidpunkt", "visite", "month", "months", "manad"),
    *("monat", "week", "weeks", "vecka", "woche", "avisitn", "visitnum", "visit no", "visit nr"),
    *("study month", "followup", "follow up", "time"),
)
VISIT_UNITS = {
    **dict.fromkeys(("month", "months", "manad", "monat", "study month"), "month"),
    **dict.fromkeys(("week", "weeks", "vecka", "woche"), "week"),
}
"""Names of a visit's column that say what its numbers are."""

FIRST_DOSE = (
    *("trtsdt", "trtsdtm", "first dose", "first dose date", "date of first dose", "rfxstdtc"),
    *("treatment start", "start of treatment", "treatment start date", "start date of treatment"),
    *("behandlingsstart", "forsta dos", "datum forsta dos", "datum for forsta dos", "rfstdtc"),
    *("beginn der behandlung", "erste dosis"),
)

TEST_NAMES = (
    *(
        "paramcd",
        "lbtestcd",
        "qstestcd",
        "testcd",
        "param",
        "lbtest",
        "qstest",
        "analyte",
        "analyt",
    ),
    *("cytokine", "cytokin", "protein", "marker", "markor", "biomarker", "test", "parameter"),
    *("assay", "measure", "variable", "variabel", "analys", "prov"),
)
TEST_VALUES = (
    *("aval", "lbstresn", "qsstresn", "lbstresc", "qsstresc", "lborres", "qsorres", "value"),
    *("varde", "result", "resultat", "concentration", "koncentration", "konc", "wert", "ergebnis"),
    *("conc", "niva", "level", "score"),
)
TEST_UNITS = ("lbstresu", "avalu", "qsstresu", "lborresu", "unit", "units", "enhet", "einheit")

COLUMNS: dict[str, tuple[str, ...]] = {
    "patients.arm": (
        *("trt01p", "arm", "treatment arm", "study arm", "trt01a", "actarm", "trtp", "trta"),
        *("treatment group", "behandlingsarm", "behandlingsgrupp", "treatment", "behandling"),
        *("group", "grupp", "gruppe", "grp", "allocation", "randomisation", "randomization"),
        *("randomisering", "randomised to", "randomized to"),
    ),
    "patients.sex": ("sex", "gender", "kon", "geschlecht"),
    "patients.age_years": (
        *("age", "age years", "age at entry", "age at inclusion", "age at baseline", "alder"),
        *("alder vid inklusion", "alter", "age at enrolment", "age at enrollment"),
    ),
    "patients.diagnosis": (
        *("diagnosis", "diagnos", "diagnose", "dx", "iim subtype", "myositis type", "subtype"),
        *("myositis subtype", "type of myositis", "disease subtype", "iim subgroup", "subgrupp"),
    ),
    "patients.disease_duration_years": (
        *("disease duration", "disease duration years", "durdis", "sjukdomsduration"),
        *("duration of disease", "duration of disease months", "krankheitsdauer", "sjukdomstid"),
        *("disease duration months", "time since diagnosis"),
    ),
    "disposition.last_month": (
        *("rfendt", "rfendtc", "eosdt", "last visit", "last visit date", "date of last visit"),
        *("sista besok", "datum sista besok", "trtedt", "last dose", "last dose date"),
        *("date of last dose", "end of study date", "slutdatum", "last month", "dsstdy", "dsstdtc"),
    ),
    "disposition.completed": (
        *("eosstt", "completed", "completed study", "study completed", "fullfoljt"),
        *(
            "fullfoljt studien",
            "completer",
            "dcdecod",
            "dsdecod",
            "completed the study",
            "abgeschlossen",
        ),
    ),
    "disposition.stop_reason": (
        *("dcreascd", "dcsreas", "dcdecod", "dsdecod", "stop reason", "reason for stopping"),
        *("reason for discontinuation", "reason for withdrawal", "discontinuation reason"),
        *("withdrawal reason", "avbrottsorsak", "orsak till avbrott", "abbruchgrund"),
    ),
    "core_set.physician_global": (
        *("physician global", "physician global activity", "physician global assessment"),
        *("physician global disease activity", "phga", "phgda", "phyglo", "mdga", "mdgda"),
        *("md global", "doctor global", "physician vas", "phys glob", "physician gda"),
        *("lakarens globala", "lakarens globala bedomning", "lakarglobal", "lakare vas"),
        *("globalt lakare", "arzt global", "globalurteil arzt", "physicianglobal"),
    ),
    "core_set.patient_global": (
        *("patient global", "patient global activity", "patient global assessment", "ptga"),
        *("patient global disease activity", "ptgda", "patglo", "patient vas", "pat glob"),
        *("patient gda", "patientens globala", "patientens globala bedomning", "patientglobal"),
        *("globalt patient", "globalurteil patient", "patient parent global", "pat vas"),
    ),
    "core_set.haq_di": ("haq di", "haqdi", "haq", "haqdi01", "haq disability index", "haq index"),
    "core_set.ck": (
        *("ck", "creatine kinase", "creatinekinase", "cpk", "s ck", "p ck", "kreatinkinas"),
        *(
            "s kreatinkinas",
            "p kreatinkinas",
            "serum ck",
            "kreatinkinase",
            "creatine phosphokinase",
        ),
    ),
    "core_set.extramuscular": (
        *("extramuscular", "extramuscular activity", "extramuscular global", "extra muscular"),
        *("extramuscular disease activity", "extra muscular activity", "extramuskular"),
        *(
            "myoact",
            "mitax",
            "extramuskular aktivitet",
            "exmusc",
            "emga",
            "extramuscular global activity",
        ),
    ),
    "core_set.mmt8": (
        *("mmt8", "mmt 8", "mmt", "manual muscle test", "manual muscle testing"),
        *("manuellt muskeltest", "manual muscle test 8", "mmt8tot", "manueller muskeltest"),
    ),
    "functional_index.fi": ("functional index", "fi", "fi total", "funktionsindex"),
    "adverse_events.term": (
        *("aedecod", "aeterm", "adverse event", "adverse event term", "biverkning", "biverkan"),
        *("preferred term", "event term", "ae term", "nebenwirkung"),
    ),
    "adverse_events.system_organ_class": (
        *("aebodsys", "aesoc", "system organ class", "soc", "organsystem", "body system"),
        *("organklass", "organsystemklass"),
    ),
    "adverse_events.ctcae_grade": ("aetoxgr", "atoxgr", "ctcae grade", "ctcae", "aesev"),
    "adverse_events.serious": ("aeser", "sae", "allvarlig biverkning", "serious adverse event"),
    "adverse_events.related": ("aerel", "arel"),
    "adverse_events.action": ("aeacn", "action taken", "action taken with study treatment"),
    "adverse_events.start_month": ("astdy", "aestdy", "astdt", "aestdtc"),
    "medications.drug": ("cmdecod", "cmtrt", "drug", "drug name", "medication", "lakemedel"),
    "medications.dose": ("cmdose", "cmdostot"),
    "medications.unit": ("cmdosu",),
    "medications.start_month": ("cmstdy", "cmstdtc"),
    "medications.end_month": ("cmendy", "cmendtc"),
}
"""Names that mean one place of a table wherever they stand; the first is preferred."""

AMBIGUOUS = {
    "pga": ("core_set.physician_global", "core_set.patient_global"),
    "global": ("core_set.physician_global", "core_set.patient_global"),
    "global vas": ("core_set.physician_global", "core_set.patient_global"),
    "vas": ("core_set.physician_global", "core_set.patient_global"),
    "global assessment": ("core_set.physician_global", "core_set.patient_global"),
    "gda": ("core_set.physician_global", "core_set.patient_global"),
}
"""Names that mean one of several places: nobody but the study's people can say which."""

CONTEXTS: dict[str, tuple[str, ...]] = {
    "adverse_events": (
        *("ae", "aes", "sae", "adverse", "adae", "biverkningar", "biverkning", "nebenwirkungen"),
        *("events", "adverseevents", "handelser"),
    ),
    "medications": (
        *("cm", "conmed", "conmeds", "medication", "medications", "lakemedel", "mediciner"),
        *("concomitant", "med", "meds", "drugs"),
    ),
    "disposition": (
        *("ds", "disposition", "completion", "termination", "avslut", "eos", "discontinuation"),
        *("exit",),
    ),
}
"""Words in the name of a file, a sheet, a form or a column that say what the rows are about."""

IN_CONTEXT: dict[str, tuple[str, ...]] = {
    "adverse_events.term": (
        *("term", "event", "name", "description", "handelse", "diagnosis", "what", "benamning"),
    ),
    "adverse_events.system_organ_class": ("class", "organ class", "organ system"),
    "adverse_events.ctcae_grade": (
        *("grade", "grad", "severity", "svarighetsgrad", "intensity", "toxicity grade"),
    ),
    "adverse_events.serious": ("serious", "allvarlig", "seriousness", "schwerwiegend", "ser"),
    "adverse_events.related": (
        *("related", "relation", "relationship", "causality", "samband", "rel", "relatedness"),
        *("related to study drug", "related to treatment", "orsakssamband"),
    ),
    "adverse_events.action": ("action", "atgard", "massnahme", "acn"),
    "adverse_events.start_month": (
        *("start", "start date", "startdate", "onset", "onset date", "start day", "startdatum"),
        *(
            "start month",
            "startmanad",
            "startdag",
            "debut",
            "stdt",
            "stdy",
            "date",
            "datum",
            "day",
            "beginn",
        ),
    ),
    "medications.drug": ("name", "substance", "preparat", "generic name", "trt", "substans"),
    "medications.dose": ("dose", "dos", "dosis", "dosage"),
    "medications.unit": ("unit", "dose unit", "enhet", "dosenhet"),
    "medications.start_month": ("start", "start date", "startdatum", "from", "start month"),
    "medications.end_month": (
        "end",
        "end date",
        "stop",
        "stop date",
        "slutdatum",
        "to",
        "end month",
    ),
    "disposition.last_month": ("date", "datum", "end date", "last visit"),
    "disposition.completed": ("completed", "status"),
    "disposition.stop_reason": ("reason", "orsak", "reason for stopping"),
}
"""Names that mean a place only where the rows are about it."""

DEATHS = ("aesdth", "results in death", "fatal", "dodsfall", "todesfall")
"""Columns that say of an adverse event that the patient died of it, which is grade 5 (CTCAE)."""

CDISC_PARAMETERS = {
    "core_set.ck": ("ck", "creatine kinase"),
    "core_set.haq_di": ("haqdi", "haqdi01", "haq0101", "haq di"),
}

UNUSED: dict[str, str] = {
    **dict.fromkeys(("initials", "initialer", "initialen"), "may identify a person"),
    **dict.fromkeys(
        ("name", "namn", "first name", "last name", "fornamn", "efternamn"), "may identify a person"
    ),
    **dict.fromkeys(
        (
            "personnummer",
            "personal number",
            "date of birth",
            "dob",
            "fodelsedatum",
            "brthdtc",
            "brthdt",
            "geburtsdatum",
            "ssn",
            "mrn",
        ),
        "may identify a person",
    ),
    **dict.fromkeys(
        (
            "redcap repeat instrument",
            "redcap repeat instance",
            "repeat instrument",
            "repeat instance",
            "redcap data access group",
            "data access group",
            "redcap survey identifier",
            "survey identifier",
        ),
        "of REDCap itself",
    ),
}
"""Columns that no table takes, and why."""

NOISE = frozenset(
    {"total", "score", "sum", "summa", "poang", "value", "varde", "result", "vas", "cm", "mm"}
    | {
        "level",
        "at",
        "vid",
        "av",
        "of",
        "the",
        "serum",
        "plasma",
        "u",
        "l",
        "ukat",
        "ul",
        "0",
        "10",
    }
    | {"100", "years", "ar", "p", "s", "mean", "points"}
)
"""Words of a name that do not change what it means."""

NOT_TREATED = frozenset(
    {"screen failure", "scrnfail", "not assigned", "notassgn", "not treated", "nottrt"}
    | {"screening failure", "unplanned treatment", "na"}
)
"""In the place of an arm: people who never entered the trial."""

YES = frozenset({"y", "yes", "ja", "j", "true", "x", "oui", "si", "checked", "kyllä", "1"})
NO = frozenset({"n", "no", "nej", "nein", "false", "non", "unchecked", "ei", "0"})

WORDS: dict[str, dict[str, str]] = {
    "patients.sex": {
        **dict.fromkeys(("f", "female", "woman", "k", "kvinna", "w", "weiblich", "frau"), "female"),
        **dict.fromkeys(("m", "male", "man", "mannlich", "mann"), "male"),
    },
    "patients.diagnosis": {
        **dict.fromkeys(("pm", "polymyositis", "polymyosit"), "PM"),
        **dict.fromkeys(("dm", "dermatomyositis", "dermatomyosit"), "DM"),
        **dict.fromkeys(
            ("ibm", "sibm", "inclusion body myositis", "inklusionskroppsmyosit"), "IBM"
        ),
        **dict.fromkeys(("jdm", "juvenile dermatomyositis", "juvenil dermatomyosit"), "JDM"),
        **dict.fromkeys(
            (
                "cadm",
                "amyopathic dermatomyositis",
                "clinically amyopathic dermatomyositis",
                "amyopatisk dermatomyosit",
            ),
            "CADM",
        ),
        **dict.fromkeys(
            (
                "imnm",
                "immune mediated necrotizing myopathy",
                "nekrotiserande myopati",
                "immune mediated necrotising myopathy",
                "necrotizing myopathy",
            ),
            "IMNM",
        ),
        **dict.fromkeys(
            (
                "asys",
                "ass",
                "antisynthetase syndrome",
                "anti synthetase syndrome",
                "antisyntetassyndrom",
            ),
            "ASyS",
        ),
        **dict.fromkeys(("overlap", "overlap myositis", "overlapmyosit"), "overlap"),
    },
    "adverse_events.ctcae_grade": {
        **dict.fromkeys(("mild", "lindrig", "mild 1", "grade 1", "grad 1", "leicht"), "1"),
        **dict.fromkeys(("moderate", "mattlig", "grade 2", "grad 2", "massig"), "2"),
        **dict.fromkeys(("severe", "svar", "grade 3", "grad 3", "schwer"), "3"),
        **dict.fromkeys(("life threatening", "livshotande", "grade 4", "grad 4"), "4"),
        **dict.fromkeys(("fatal", "death", "dodlig", "grade 5", "grad 5"), "5"),
    },
    "adverse_events.action": {
        **dict.fromkeys(
            (
                "none",
                "dose not changed",
                "no action",
                "ingen",
                "ingen atgard",
                "unchanged",
                "keine",
            ),
            "none",
        ),
        **dict.fromkeys(
            ("interrupted", "drug interrupted", "dose interrupted", "uppehall", "pausad"),
            "interrupted",
        ),
        **dict.fromkeys(("reduced", "dose reduced", "dosreduktion", "dosminskning"), "reduced"),
        **dict.fromkeys(
            (
                "stopped",
                "drug withdrawn",
                "discontinued",
                "withdrawn",
                "utsatt",
                "permanently discontinued",
                "avbruten",
            ),
            "stopped",
        ),
        **dict.fromkeys(("not applicable", "unknown", "not evaluable", "okand"), ""),
    },
    "adverse_events.related": {
        **dict.fromkeys(
            (
                "related",
                "possible",
                "possibly",
                "possibly related",
                "probable",
                "probably",
                "probably related",
                "definite",
                "definitely related",
                "certain",
                "mojlig",
                "mojligt",
                "trolig",
                "troligt",
                "sakert",
            ),
            "true",
        ),
        **dict.fromkeys(
            (
                "not related",
                "unrelated",
                "none",
                "remote",
                "unlikely",
                "unlikely related",
                "osannolik",
                "osannolikt",
                "inget samband",
            ),
            "false",
        ),
        "unknown": "",
    },
    "disposition.completed": {
        **dict.fromkeys(("completed", "complete", "completed study", "fullfoljt"), "true"),
        **dict.fromkeys(
            (
                "discontinued",
                "withdrawn",
                "avbrutit",
                "terminated",
                "adverse event",
                "death",
                "lost to follow up",
                "withdrawal by subject",
                "lack of efficacy",
                "physician decision",
                "protocol violation",
                "protocol deviation",
                "study terminated by sponsor",
                "withdrew consent",
                "sponsor decision",
                "screen failure",
                "other",
                "ineligibility",
            ),
            "false",
        ),
        **dict.fromkeys(("ongoing", "pagaende"), ""),
    },
    "disposition.stop_reason": dict.fromkeys(("completed", "complete", "fullfoljt", "none"), ""),
}
"""By place, what a word means; flags are read by `YES` and `NO` too."""

MISSING_CODES = frozenset(
    {"-9", "-99", "-999", "-9999", "99", "999", "9999", "888", "777", "-1", "-8"}
)
"""Numbers that stand for a missing value where they cannot be one."""

ANALYTE = (
    r"(il|tnf|ifn|cxcl|ccl|ccr|gm csf|g csf|m csf|vegf|tgf|baff|april|mcp|mip|ip|ip 10|s100)"
    r"[ ]?(\d+[a-z]*\d*( ?ra)?|alpha|beta|gamma|a|b|g|lambda)?( ?(alpha|beta|ra|r|rn))?"
)
"""Folded names of proteins in serum that a column may have."""
