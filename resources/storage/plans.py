"""Kept plans: one literal CSV each, named by the SHA-256 of its bytes, so that an approval is for one content."""

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl

from resources.storage.atomic import flush
from resources.storage.csv import write_slices
from resources.storage.once import sha256_of, written_once
from resources.storage.protocol import Storage
from schemas.errors import DamageError, UserError
from schemas.paired_plan import PairedPlan
from schemas.plan import check_rows

_HASH = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[0-9a-f]{64}\.csv")


@dataclass(frozen=True)
class PlanStore:
    """The plans of one declaration for the accounts that it names."""

    storage: Storage

    def keep(self, plan: pl.DataFrame | PairedPlan) -> str:
        """Keep a plan (`schemas.plan.Plan`) and return its hash. The same plan twice is one file.

        Raises:
            InternalError: a row says nothing, or two things (`schemas.plan.check_rows`).
        """
        plan = _in_pairs(plan)
        for rows in (plan.first, plan.last):
            if rows is not None:
                check_rows(rows)
        with self.storage.room() as room:
            fresh = room / "plan.csv"
            fresh.touch(mode=0o600)
            with written_once(fresh) as (file, written):
                write_slices(plan.columns(), plan.slices(), file)
            fresh.chmod(0o400)
            flush(fresh)
            self.storage.share({_file(written.digest): fresh})
        return written.digest

    def holds(self, digest: str) -> bool:
        """Whether a plan of this hash was kept. Raises `UserError` for what is not the hash of a plan."""
        return self._found(digest) is not None

    def is_whole(self, digest: str) -> bool:
        """Whether a plan of this hash is kept, and its file still has that content."""
        path = self._found(digest)
        return path is not None and sha256_of(path) == digest

    def read(self, digest: str) -> pl.DataFrame:
        """A kept plan.

        Raises:
            UserError: there is none of this hash.
            DamageError: the file no longer has the content that its name promises.
        """
        path = self.path(digest)
        if sha256_of(path, is_read_again=True) != digest:
            raise DamageError(
                f"The plan {path} is damaged: it no longer has the content that its name stands for. Put your copy of "
                "it back, or reconcile again; the same plan takes its place, if nothing has changed since."
            )
        return read_plan(path)

    def path(self, digest: str) -> Path:
        """A file with the plan of this hash.

        Raises:
            UserError: there is none.
        """
        path = self._found(digest)
        if path is None:
            raise UserError(
                f"There is no plan {digest} for the accounts that the declaration names; copy the hash from the plan's "
                "page or from the report, or reconcile first."
            )
        return path

    def address(self, digest: str) -> str:
        """Where the plan of this hash is, for people."""
        return self.storage.address(_file(digest))

    def named(self, start: str) -> list[str]:
        """The hashes of the kept plans that begin so."""
        return [name.removesuffix(".csv") for name in self.storage.names(start) if _NAME.fullmatch(name)]

    def kept_at(self) -> dict[str, datetime]:
        """When each plan was kept last, by its hash."""
        plans = self.named("")
        at = self.storage.written(map(_file, plans))
        return {plan: at[_file(plan)] for plan in plans if _file(plan) in at}

    def _found(self, digest: str) -> Path | None:
        name = _file(digest)
        return self.storage.fetched([name]).get(name)


def content_of(plan: PairedPlan) -> bytes:
    """What the file of a plan holds, and what its hash is of."""
    content = BytesIO()
    write_slices(plan.columns(), plan.slices(), content)
    return content.getvalue()


def _in_pairs(plan: pl.DataFrame | PairedPlan) -> PairedPlan:
    return PairedPlan(first=plan) if isinstance(plan, pl.DataFrame) else plan


def read_plan(file: Path | bytes) -> pl.DataFrame:
    """The plan that was written so."""
    return pl.read_csv(file, infer_schema=False, glob=False).with_columns(pl.col("netsuite_internal_id").cast(pl.Int64))


def _file(digest: str) -> str:
    if not _HASH.fullmatch(digest):
        raise UserError(f"{digest!r} is not the hash of a plan, which has 64 digits and letters a to f.")
    return f"{digest}.csv"
