"""A variant's results as what differs from its base: JSON Merge Patch, RFC 7396."""

from collections.abc import Mapping
from typing import Any


def make_patch(base: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Give what `apply_patch` needs to make `new` of `base`; None stands for what is not there."""
    patch: dict[str, Any] = {key: None for key in base if key not in new}
    for key, value in new.items():
        known = base.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            value = make_patch(known, value)
            if value:
                patch[key] = value
        elif known != value:
            patch[key] = value
    return patch


def apply_patch(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Change a mapping as a patch says."""
    made = dict(base)
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict):
            known = made.get(key)
            made[key] = apply_patch(known if isinstance(known, dict) else {}, value)
        else:
            made[key] = value
    return made
