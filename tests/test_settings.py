"""Every knob has limits, and the message names them."""

import math
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from dedupe_text import DedupeTextError, Settings, SettingsError

LIMITS = {
    "similarity": (0.5, 1),
    "min_words": (4, 1_000_000),
    "shingle_size": (2, 16),
    "num_perm": (16, 1024),
    "rows": (1, 128),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_limits_themselves_are_allowed(name: str) -> None:
    for limit in LIMITS[name]:
        assert getattr(Settings(**{name: limit}), name) == limit


@pytest.mark.parametrize("name", LIMITS)
def test_outside_the_limits_the_message_names_setting_limits_and_value(name: str) -> None:
    least, most = LIMITS[name]
    for value in (least - 1, most + 1, -math.inf, math.inf, math.nan):
        with pytest.raises(SettingsError) as caught:
            Settings(**{name: value})
        assert str(caught.value) == f"{name} must be from {least} to {most}, not {value}"


def test_a_band_has_no_more_rows_than_the_signature() -> None:
    assert Settings(num_perm=16, rows=16).rows == 16
    with pytest.raises(SettingsError, match="rows must be from 1 to 16, not 17"):
        Settings(num_perm=16, rows=17)


@pytest.mark.parametrize("keep", ["first", "last", "fullest"])
def test_what_to_keep_is_one_of_three(keep: Any) -> None:
    assert Settings(keep=keep).keep == keep


@pytest.mark.parametrize("keep", ["", "First", "longest", None, 1])
def test_anything_else_to_keep_is_told_the_three(keep: Any) -> None:
    with pytest.raises(SettingsError, match="keep must be one of first, last, fullest, not "):
        Settings(keep=keep)


def test_an_error_is_ours_and_a_value_error() -> None:
    with pytest.raises(DedupeTextError):
        Settings(similarity=2)
    with pytest.raises(ValueError, match="similarity"):
        Settings(similarity=2)


def test_settings_do_not_change_and_equal_ones_are_equal() -> None:
    settings = Settings(min_words=12)
    with pytest.raises(FrozenInstanceError):
        settings.min_words = 13  # type: ignore[misc]
    assert settings == Settings(min_words=12)
    assert settings != Settings()
    assert len({settings, Settings(min_words=12), Settings()}) == 2


def test_the_defaults_are_those_of_the_contract() -> None:
    defaults = {field.name: field.default for field in fields(Settings)}
    told = {"similarity": 0.8, "keep": "first", "facts": True, "encoding": "auto"}
    assert {name: defaults[name] for name in told} == told
