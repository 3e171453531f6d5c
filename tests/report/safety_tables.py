"""Adverse events and stops of small studies, as the text of their tables."""

ARMS = {"drug": "Drug", "usual care": "Usual care"}
EVENT_HEAD = "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action\n"
EVENTS = EVENT_HEAD + (
    "P1,1,Injection site rash,General disorders,2,false,true,stopped\n"
    "P1,2,headache,Nervous system disorders,1,false,false,none\n"
    "P1,3,headache,Nervous system disorders,3,true,false,none\n"
    "P2,1,Migraine,Nervous system disorders,1,false,false,none\n"
)
DISPOSITION = (
    "patient_id,last_month,completed,stop_reason\n"
    "P1,2,false,rash\nP2,12,true,\nP3,10,false,moved away\n"
)
ONE_ARM = "patient_id,arm\nP1,drug\nP2,drug\nP3,drug\n"
TWO_ARMS = "patient_id,arm\nP1,drug\nP2,drug\nP3,usual care\n"
