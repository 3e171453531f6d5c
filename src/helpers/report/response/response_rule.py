"""The study's own rule for response, in the few words that every chapter uses."""

from __future__ import annotations

from helpers.contracts.response import BY_MEASURES, Response

_NAMES = {"imacs_2004": "the IMACS definition", "printo_jdm": "the PRINTO definition"}
_WHEN = {
    "any": "at any visit",
    "last": "at the last planned visit",
    "two_in_a_row": "at two visits in a row",
}
_ONCE = _WHEN | {"any": "at one visit or more"}


def name_rule(response: Response) -> str:
    """Name the definition in force, and say so where its limits are not the published ones.

    >>> name_rule(Response()), name_rule(Response(improvement_percent=40))
    ('the IMACS definition', 'the IMACS definition with other limits')
    >>> name_rule(Response(definition="tis_adult"))
    'the total improvement score (at least minimal)'
    """
    if response.definition not in BY_MEASURES:
        return f"the total improvement score (at least {response.tis_category})"
    changed = response.limits != response.published
    return _NAMES[response.definition] + (" with other limits" if changed else "")


def say_when(response: Response, *, once: bool = False) -> str:
    """Say at which visits a patient must have improved to be a responder.

    >>> say_when(Response()), say_when(Response(), once=True), say_when(Response(visits="last"))
    ('at any visit', 'at one visit or more', 'at the last planned visit')
    """
    return (_ONCE if once else _WHEN)[response.visits]


def say_responders(response: Response) -> str:
    """Say who is a responder: ``improved at any visit by the IMACS definition``."""
    return f"improved {say_when(response)} by {name_rule(response)}"
