"""What a sweep is about, kept in its folder, so that it can be continued and extended."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import DataError, GenbenchError
from ..lessons import lessons_folder
from .contenders import check_model
from .grid import Run, Settings
from .records import digest, identity, write_json
from .sources import Ground

FORMAT = 1
PLAN = "sweep.json"


@dataclass(frozen=True)
class Plan:
    """The runs of a sweep, what they share, and the data they are about.

    Parameters
    ----------
    settings : Settings
    runs : tuple of Run
        All that were ever asked for in this folder.
    grounds : dict
        (dataset, split) to what is known of it.
    digests : dict
        Name of a run to the digest of the identity that its record must have.
    made_with : str
        Version of this package and checksum of the template.
    """

    settings: Settings
    runs: tuple[Run, ...] = ()
    grounds: dict[tuple[str, str], Ground] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    made_with: str = ""

    def ground(self, run: Run) -> Ground:
        """The data of a run."""
        return self.grounds[run.dataset, run.split]

    def save(self, output: Path) -> None:
        """Write the plan into the folder of the sweep."""
        content = {
            "format": FORMAT,
            "made_with": self.made_with,
            "settings": asdict(self.settings),
            "runs": [asdict(run) for run in self.runs],
            "grounds": [asdict(ground) for ground in self.grounds.values()],
            "digests": self.digests,
        }
        write_json(output / PLAN, content)


def template() -> Path:
    """The notebook that every run is a copy of."""
    return lessons_folder() / "templates" / "leaderboard_run.ipynb"


def load_plan(output: Path) -> Plan:
    """Read the plan of a sweep.

    Raises
    ------
    DataError
        If the folder holds no sweep, or its plan cannot be read.
    """
    path = output / PLAN
    if not path.is_file():
        raise DataError(
            f"{output} holds no sweep. Begin one there: name datasets and models, such as "
            "demo_open_chromatin_cells and KmerBaseline."
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}, this version reads {FORMAT}")
        grounds = [Ground(**each) for each in content["grounds"]]
        return Plan(
            Settings(**content["settings"]),
            tuple(Run(**each) for each in content["runs"]),
            {(ground.dataset, ground.split): ground for ground in grounds},
            content["digests"],
            content["made_with"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"The plan {path} cannot be read ({error}). Give another folder, or delete this file: "
            "records that fit the new sweep are still used."
        ) from error


def extended(
    old: Plan | None,
    settings: Settings,
    runs: Iterable[Run],
    grounds: Iterable[Ground],
    folder: str,
) -> tuple[Plan, dict[str, dict[str, Any]]]:
    """A plan with more runs, and the identity of each of these.

    Parameters
    ----------
    old : Plan or None
        What the folder holds already.
    settings : Settings
    runs : iterable of Run
    grounds : iterable of Ground
        For all of these runs.
    folder : str
        Where modules of models are looked for.

    Raises
    ------
    DataError
        If the folder holds a sweep of other settings, or of other data under the same name.
    """
    runs, made_with = list(runs), _maker()
    plan = old or Plan(settings, made_with=made_with)
    _refuse_other_settings(plan.settings, settings)
    about = {(g.dataset, g.split): _held_against(plan, g) for g in grounds}
    models = {model: check_model(model, folder) for model in {run.model for run in runs}}
    identities = {
        run.name: identity(
            run, settings, about[run.dataset, run.split].checksum, models[run.model], template()
        )
        for run in runs
    }
    # what another version made does not count any longer
    standing = plan.digests if plan.made_with == made_with else {}
    changed = replace(
        plan,
        runs=tuple(dict.fromkeys([*_renewed(plan.runs, runs), *runs])),
        grounds=plan.grounds | about,
        digests=standing | {name: digest(each) for name, each in identities.items()},
        made_with=made_with,
    )
    return changed, identities


def _maker() -> str:
    text = template().read_text(encoding="utf-8")
    return f"genbench_lite {__version__}, template {digest({'text': text})}"


def _held_against(plan: Plan, ground: Ground) -> Ground:
    """What is known of the data: today, or from before if they are out of reach today."""
    before = plan.grounds.get((ground.dataset, ground.split))
    if before is None or not before.checksum:
        return ground
    if not ground.checksum:  # what was done with them still counts
        return replace(before, error=ground.error)
    if before.checksum != ground.checksum:
        raise DataError(
            f"The sweep in this folder was made with other data of {ground.dataset}. Give "
            "another folder, so that the two do not stand in one table."
        )
    return ground


def _renewed(old: Iterable[Run], new: Iterable[Run]) -> list[Run]:
    """The old runs, each as it is asked for now: an archive may have moved."""
    names = {run.name: run for run in new}
    return [names.get(run.name, run) for run in old]


def _refuse_other_settings(before: Settings, now: Settings) -> None:
    for name, value in asdict(now).items():
        if getattr(before, name) != value:
            raise DataError(
                f"This folder holds a sweep with {name}={getattr(before, name)}, not {value}. Give "
                "another folder, or the same settings: one table holds one protocol."
            )


def require_output(output: str | Path) -> Path:
    """The folder of a sweep: new, empty, or one that holds a sweep.

    Raises
    ------
    GenbenchError
        If it is a file, or holds something else.
    """
    folder = Path(output).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise GenbenchError(f"{output} is a file. Name a folder for the sweep.")
    if folder.is_dir() and not (folder / PLAN).exists():
        # hidden files and what a sweep writes may be there: one may have been cut off at its start
        ours = ("", "runs", "leaderboard")
        others = [x.name for x in folder.iterdir() if x.name.partition(".")[0] not in ours]
        if others:
            raise GenbenchError(
                f"{output} holds {others[0]}, and no sweep. Name a new or an empty folder."
            )
    return folder
