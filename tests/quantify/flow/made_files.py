"""Small files of cytometers and of the programs in which gates are drawn, made by code."""

import flowio
import numpy as np

NAMESPACES = " ".join(
    f'xmlns:{short}="http://www.isac-net.org/std/Gating-ML/v2.0/{long}"'
    for short, long in (
        ("gating", "gating"),
        ("transforms", "transformations"),
        ("data-type", "datatypes"),
    )
)

XML = '<?xml version="1.0" encoding="UTF-8"?>'

CHANNELS = ("FSC-A", "SSC-A", "FITC-A", "PE/Cy7-A", "Time")
MARKERS = ("", "", "CD3", "CD4", "")
SPILL = "2,FITC-A,PE/Cy7-A,1,0.1,0.02,1"


def make_events(n=3000, seed=1):
    """Give events of two dim and two bright populations, and a time."""
    draws = np.random.default_rng(seed)
    scatter = draws.normal(90_000, 25_000, (n, 2)).clip(1000, 250_000)
    bright = draws.integers(0, 2, (n, 2))
    dyes = np.where(bright == 1, draws.lognormal(9, 0.7, (n, 2)), draws.normal(50, 200, (n, 2)))
    return np.column_stack([scatter, dyes, np.arange(n) / 10]).astype("f4")


def write_fcs(path, events=None, channels=CHANNELS, markers=MARKERS, **keywords):
    """Write an FCS 3.1 file."""
    events = make_events() if events is None else np.asarray(events, dtype="f4")
    with path.open("wb") as file:
        flowio.create_fcs(
            file,
            events.ravel().tolist(),
            list(channels),
            opt_channel_names=list(markers),
            metadata_dict={"spill": SPILL, **keywords},
        )
    return path


def edit_fcs(path, *pairs):
    """Replace bytes by others of the same length."""
    content = path.read_bytes()
    for old, new in pairs:
        assert len(old) == len(new)
        assert old in content, old
        content = content.replace(old, new)
    path.write_bytes(content)
    return path


def write_text_fcs(path, keywords, data, version="3.0", mark="/", header=None):
    """Write an FCS file keyword by keyword: also one that breaks the rules."""
    text = mark + "".join(f"{name}{mark}{value}{mark}" for name, value in keywords.items())
    places = (58, 58 + len(text) - 1, *(header or (0, 0)), 0, 0)
    head = f"FCS{version}    " + "".join(f"{place:>8}" for place in places)
    path.write_bytes((head + text).encode("latin-1") + data)
    return path


def fill_keywords(n, kind="F", order="1,2,3,4", names=("A", "B"), bits=32, **more):
    """Give the keywords that an FCS file needs, without offsets."""
    words = {"$MODE": "L", "$DATATYPE": kind, "$BYTEORD": order, "$PAR": len(names), "$TOT": n}
    for number, name in enumerate(names, start=1):
        about = {"N": name, "B": bits, "R": 1024, "E": "0,0"}
        words |= {f"$P{number}{letter}": value for letter, value in about.items()}
    return words | more


def write_placed_fcs(path, keywords, data, version="3.0", mark="/", shift=(0, 0)):
    """Write an FCS file whose offsets fit, but for a shift of those in TEXT."""
    for start in range(80, 5000):
        placed = keywords | {
            "$BEGINDATA": start + shift[0],
            "$ENDDATA": start + len(data) - 1 + shift[1],
        }
        text = mark + "".join(f"{name}{mark}{value}{mark}" for name, value in placed.items())
        if 58 + len(text) == start:
            header = (start, start + len(data) - 1)
            return write_text_fcs(path, placed, data, version, mark, header)
    raise AssertionError("no place for the events")


def dimension(channel, low=None, high=None, **attributes):
    limits = {"min": low, "max": high, **attributes}
    words = "".join(
        f' gating:{key}="{value}"' for key, value in limits.items() if value is not None
    )
    return (
        f'<gating:dimension{words}><data-type:fcs-dimension data-type:name="{channel}"/>'
        "</gating:dimension>"
    )


def points(tag, *pairs):
    return "".join(
        f"<gating:{tag}>"
        + "".join(f'<gating:coordinate data-type:value="{value}"/>' for value in pair)
        + f"</gating:{tag}>"
        for pair in pairs
    )


def rectangle(*dimensions, inside=1):
    inner = "".join(dimension(*one) for one in dimensions)
    return f'<gating:RectangleGate eventsInside="{inside}">{inner}</gating:RectangleGate>'


def polygon(x, y, *corners, inside=1, grid='quadId="-1" gateResolution="256"'):
    inner = dimension(x) + dimension(y) + points("vertex", *corners)
    return f'<gating:PolygonGate eventsInside="{inside}" {grid}>{inner}</gating:PolygonGate>'


def ellipse(x, y, foci, edge, inside=1):
    inner = (
        f"<gating:foci>{points('vertex', *foci)}</gating:foci>"
        f"<gating:edge>{points('vertex', *edge)}</gating:edge>"
    )
    return (
        f'<gating:EllipsoidGate eventsInside="{inside}" gating:distance="1">'
        f"{dimension(x)}{dimension(y)}{inner}</gating:EllipsoidGate>"
    )


def population(name, gate, *children, count=-1):
    inner = f"<Subpopulations>{''.join(children)}</Subpopulations>" if children else ""
    return (
        f'<Population name="{name}" annotation="" owningGroup="" count="{count}">'
        f"<Gate>{gate}</Gate>{inner}</Population>"
    )


def joined(kind, name, *paths, count=-1):
    inner = "".join(f'<Dependent name="{path}"/>' for path in paths)
    return (
        f'<{kind}Node name="{name}" owningGroup="" count="{count}"><Dependents>{inner}</Dependents>'
        f"</{kind}Node>"
    )


def scale(kind, channel, **numbers):
    words = "".join(f' transforms:{key}="{value}"' for key, value in numbers.items())
    return (
        f'<transforms:{kind}{words}><data-type:parameter data-type:name="{channel}"/>'
        f"</transforms:{kind}>"
    )


def linear(channel, top=262144, low=0, gain=1):
    text = scale("linear", channel, minRange=low, maxRange=top)
    return text.replace("><", f' gain="{gain}"><', 1)


def biex(channel, width=-100):
    return scale("biex", channel, length=256, maxRange=262144, neg=0, width=width, pos=4.418539922)


def spillover(rows, prefix="Comp-", spectral=0):
    names = list(rows)
    listed = "".join(f'<data-type:parameter data-type:name="{name}"/>' for name in names)
    inner = "".join(
        f'<transforms:spillover data-type:parameter="{name}">'
        + "".join(
            f'<transforms:coefficient data-type:parameter="{other}" transforms:value="{value}"/>'
            for other, value in zip(names, rows[name], strict=True)
        )
        + "</transforms:spillover>"
        for name in names
    )
    return (
        f'<transforms:spilloverMatrix spectral="{spectral}" prefix="{prefix}" name="own" suffix="" '
        f'weightOptAlgorithmType="OLS"><data-type:parameters>{listed}</data-type:parameters>{inner}'
        "</transforms:spilloverMatrix>"
    )


def sample(name, gates, scales, matrix="", count=-1, number=1, extra=""):
    return (
        f'<Sample><DataSet uri="file:/C:/Data%20here/{name}" sampleID="{number}"/>{matrix}'
        f"<Transformations>{''.join(scales)}</Transformations><Keywords/>{extra}"
        f'<SampleNode name="{name}" count="{count}" sampleID="{number}">'
        f"<Subpopulations>{''.join(gates)}</Subpopulations></SampleNode></Sample>"
    )


def workspace(*samples, version="10.8.1"):
    return (
        f'{XML}<Workspace version="20.0" flowJoVersion="{version}" '
        f"{NAMESPACES}><Groups/><SampleList>{''.join(samples)}</SampleList></Workspace>"
    )


def gating_ml(*parts):
    return f"{XML}<gating:Gating-ML {NAMESPACES}>{''.join(parts)}</gating:Gating-ML>"


SCALES = (
    linear("FSC-A"),
    linear("SSC-A"),
    biex("FITC-A"),
    biex("PE_Cy7-A"),
    biex("Comp-FITC-A"),
    biex("Comp-PE_Cy7-A"),
)
MATRIX = spillover({"FITC-A": (1, 0.1), "PE_Cy7-A": (0.02, 1)})


def make_t_cells(cells=-1, cd3=-1, cd4=-1):
    """Give gates: cells by scatter, CD3+ in them, CD4+ in those."""
    return population(
        "Cells",
        polygon(
            "FSC-A", "SSC-A", (30000, 20000), (200000, 20000), (200000, 200000), (30000, 160000)
        ),
        population(
            "CD3+",
            rectangle(("Comp-FITC-A", 1500, None)),
            population("CD4+", rectangle(("Comp-PE_Cy7-A", 1500)), count=cd4),
            count=cd3,
        ),
        count=cells,
    )


def damage(content, draws):
    """Damage a file: bytes changed, taken out, doubled, cut off, or numbers made huge."""
    spoilt = bytearray(content)
    for _ in range(draws.randint(1, 4)):
        at = draws.randrange(max(1, len(spoilt)))
        kind = draws.choice(("byte", "digits", "cut", "out", "twice", "swap", "head"))
        if kind == "byte":
            spoilt[at : at + 1] = bytes([draws.randrange(256)])
        elif kind == "digits":
            places = [i for i, one in enumerate(spoilt[:6000]) if 48 <= one <= 57]
            if places:
                at = draws.choice(places)
                spoilt[at : at + 1] = draws.choice((b"9", b"99999999", b"-", b"0", b"1e308", b"x"))
        elif kind == "cut":
            del spoilt[at:]
        elif kind == "out":
            del spoilt[at : at + draws.randint(1, 200)]
        elif kind == "twice":
            spoilt[at:at] = spoilt[at : at + draws.randint(1, 200)]
        elif kind == "swap":
            spoilt[at : at + 8] = spoilt[at : at + 8][::-1]
        else:
            spoilt[draws.randrange(58) % max(1, len(spoilt)) :][:1] = b"7"
            if len(spoilt) > 58:
                spoilt[draws.randrange(58)] = draws.choice(b"0123456789 ")
    return bytes(spoilt)
