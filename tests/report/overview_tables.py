"""Small studies, as the text of their tables, for the chapter that describes a study."""

TWO_ARMS = {"treated": "Treated", "control": "Control <none>"}
PATIENTS = "patient_id,arm\nP1,treated\nP2,treated\nP3,control\n"
DISPOSITION = (
    "patient_id,last_month,completed,stop_reason\nP1,3,true,\nP2,1,false,headache\nP3,3,true,\n"
)
