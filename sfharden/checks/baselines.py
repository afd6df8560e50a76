"""Baselines that others published, id by id: which of our controls judges it, judges a part of it, or why none can."""

from typing import Literal

from pydantic import Field, model_validator

from sfharden.checks.policy import Id, Words, policies_folder
from sfharden.files.yaml_file import load_model
from sfharden.model.base import Model


class BaselineEntry(Model):
    """One id of a baseline; `about` is what it asks for, in our words, and `why` what is not judged and why."""

    id: Words
    about: Words
    judged: Literal["full", "partly", "no"]
    by: tuple[Id, ...] = ()
    why: str = ""

    @model_validator(mode="after")
    def _answered(self) -> "BaselineEntry":
        if (self.judged == "no") is bool(self.by):
            raise ValueError("name the controls that judge it, or say that none does")
        if self.judged != "full" and not self.why:
            raise ValueError("say why it isn't judged whole")
        return self


class Baseline(Model):
    """A published list, as it was read: its ids and how each is answered."""

    name: Words
    title: Words
    source: Words
    entries: tuple[BaselineEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_differ(self) -> "Baseline":
        ids = [one.id for one in self.entries]
        if len(set(ids)) != len(ids):
            raise ValueError("an id stands there twice")
        return self


def baselines() -> tuple[Baseline, ...]:
    """The lists that come with sfharden, by name. Raises InputError."""
    files = sorted((policies_folder() / "baselines").glob("*.yaml"))
    return tuple(load_model(file, Baseline, "baseline") for file in files)
