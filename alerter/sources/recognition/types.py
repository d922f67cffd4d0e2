"""Recognises the types of assessments by their names, and the preset that each is judged by."""

from collections.abc import Mapping

from alerter.sources.recognition.synonyms import words_of

PRESET_WORDS: Mapping[str, tuple[str, ...]] = {
    "england-core": ("core",),
    "england-initial": ("initial",),
    "england-single": ("single", "child and family", "C&F", "continuous", "combined"),
}
"""What a type is called that each preset is for; all of the words must be there."""
_ALL_WORDS = {preset: [words_of(text) for text in texts] for preset, texts in PRESET_WORDS.items()}
_PLAIN = frozenset({"assessment", "social", "work", "and", "cin"}).union(
    *(w for ws in _ALL_WORDS.values() for w in ws)
)
_OTHER = frozenset(
    (
        "adult", "adults", "carer", "carers", "parent", "parents", "parenting", "age", "conference",
        "protection", "strategy", "review", "placement", "early", "help", "health", "education", "kinship",
        "viability", "referral", "contact", "plan", "visit", "young", "47", "s47", "section", "fostering",
        "adoption", "reablement", "occupational", "pathway", "risk",
    )
)  # fmt: skip
"""Words of another kind of assessment, or of something else."""


def preset_of(name: str) -> str:
    """
    Return the preset for the type called *name*; empty where it cannot be told.

    >>> preset_of("C+F Assessment"), preset_of("Initial Child Protection Conference"), preset_of("Core")
    ('england-single', '', 'england-core')
    """
    words = words_of(name)
    if words & _OTHER or not ("assessment" in words or words <= _PLAIN):
        return ""
    presets = [preset for preset, groups in _ALL_WORDS.items() if any(group <= words for group in groups)]
    return presets[0] if len(presets) == 1 else ""


def is_plain(name: str) -> bool:
    """Say whether *name* has no word but those of the usual types, so that it can hold nothing of a child."""
    return words_of(name) <= _PLAIN
