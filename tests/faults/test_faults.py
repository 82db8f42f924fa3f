"""A sample of the faults in `run_faults.py`, and faults that once broke an archive."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults import child, damage, migrations, power, servers, storage
from tests.faults.child import Fault
from tests.faults.kills import Range
from tests.faults.operations import OPERATIONS, Operation
from tests.faults.outcome import Row

from dateline.testing.postgres import Unavailable

EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=[o.name for o in OPERATIONS])


@pytest.fixture
def row() -> Row:
    return Row("a sample")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Range:
    return Range(tmp_path_factory.mktemp("range"))


def held(row: Row, runs: int) -> None:
    assert row.holds, "\n".join([*row.cells(), *row.broken])
    assert row.runs >= runs


def need_strace() -> None:
    why = child.why_not()
    if why is not None:
        pytest.skip(why)


@EACH
def test_a_kill_at_a_system_call_loses_nothing_and_leaves_nothing_partial(
    ground: Range, row: Row, operation: Operation
) -> None:
    need_strace()
    calls = ground.rehearse(operation)
    chance = random.Random(operation.name)
    for call in chance.sample(sorted(calls), k=2):
        ground.shoot(operation, row, Fault(call, chance.randint(1, calls[call])))
    held(row, 2)


@EACH
def test_a_failed_system_call_is_reported_and_loses_nothing(
    ground: Range, row: Row, operation: Operation
) -> None:
    need_strace()
    call = "write" if operation.name in ("export", "key new") else "fdatasync"
    ground.shoot(operation, row, Fault(call, 1, "EIO"))
    ground.shoot(operation, row, Fault("pwrite64", 3, "ENOSPC", on=True))
    held(row, 2)


#: Faults that once gave an error without a next step, or left a damaged new archive.
BROKEN = [
    ("init", "pwrite64", 1),
    ("init", "pwrite64", -1),
    ("init", "pwrite64", -3),
    ("erase", "pwrite64", -20),
]


@pytest.mark.parametrize(("name", "call", "at"), BROKEN)
def test_faults_that_once_broke_an_archive_fail_cleanly(
    ground: Range, row: Row, name: str, call: str, at: int
) -> None:
    need_strace()
    operation = next(o for o in OPERATIONS if o.name == name)
    count = ground.rehearse(operation)[call]
    at = at if at > 0 else count + 1 + at
    ground.shoot(operation, row, Fault(call, at, "EIO"))
    held(row, 1)


def test_a_kill_at_any_moment_loses_nothing(ground: Range, row: Row) -> None:
    for operation in OPERATIONS[1:4]:
        ground.at_random(operation, row, 1, random.Random(3))
    held(row, 3)


def test_a_lost_append_is_detected(ground: Range, row: Row) -> None:
    """A test of the harness itself: it detects that an acknowledged append is missing."""
    append = OPERATIONS[2]

    def lies(folder: Path, acknowledge: child.Acknowledge) -> int:
        for number in range(append.units):
            acknowledge(str(number))
        return 0

    liar = Operation(append.name, append.prepare, lies, append.there, append.units)
    ground.at_random(liar, row, 1, random.Random(1))
    assert row.missing >= append.units and not row.holds


def on_a_disk(fault: Callable[[], None]) -> None:
    try:
        fault()
    except (PermissionError, FileNotFoundError) as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("name", ["init", "append", "erase", "upgrade", "key new"])
def test_acknowledged_work_survives_a_power_cut(tmp_path: Path, row: Row, name: str) -> None:
    [operation] = [operation for operation in OPERATIONS if operation.name == name]
    on_a_disk(lambda: power.cut_when_done(operation, row, tmp_path))
    held(row, 1)
    assert row.acknowledged == operation.units


def test_a_full_disk_is_reported_and_appends_continue_with_room(tmp_path: Path, row: Row) -> None:
    on_a_disk(lambda: storage.disk_full(tmp_path, row, range(60, 61)))
    held(row, 1)
    assert row.refused == 1 and row.acknowledged


def test_no_operation_harms_an_archive_on_a_full_disk(tmp_path: Path, row: Row) -> None:
    on_a_disk(lambda: storage.every_operation_on_a_full_disk(tmp_path, row, range(40, 41)))
    held(row, len(OPERATIONS))
    assert row.refused


def test_a_file_that_may_not_grow_is_reported(tmp_path: Path, row: Row) -> None:
    storage.file_size_limit(tmp_path, row, range(200, 201))
    held(row, 1)
    assert row.refused == 1


def test_commands_on_a_read_only_archive_work_or_fail_clearly(row: Row) -> None:
    with tempfile.TemporaryDirectory() as folder:  # as root, the commands run as another user
        Path(folder).chmod(0o755)
        answered = storage.read_only(Path(folder), row)
    held(row, 18)
    assert {"file: log ferry", "file: verify", "file: export --all -f ndjson"} <= set(answered)


def test_a_clock_set_back_reorders_nothing(tmp_path: Path, row: Row) -> None:
    storage.clock_set_back(tmp_path, row)
    held(row, 5)


def test_damage_is_always_reported(tmp_path: Path, row: Row) -> None:
    specimen = damage.Specimen(tmp_path)
    damage.flips(specimen, row, 6, random.Random(11))
    damage.cuts(specimen, row, 3, random.Random(11))
    held(row, 9)
    assert row.refused


def test_a_body_that_is_not_json_any_more_is_reported_by_position(tmp_path: Path, row: Row) -> None:
    """It was once reported as a bug in Dateline."""
    specimen = damage.Specimen(tmp_path)
    found = specimen.bytes.index(b'{"data":{"slug":"ferry"')
    damaged = bytearray(specimen.bytes)
    damaged[found] ^= 2
    specimen.judge(bytes(damaged), row, "a body")
    held(row, 5)
    assert row.refused >= 3


def test_a_name_in_the_schema_that_is_not_utf_8_any_more_is_damage(
    tmp_path: Path, row: Row
) -> None:
    specimen = damage.Specimen(tmp_path)
    damaged = bytearray(specimen.bytes)
    damaged[specimen.bytes.index(b"tablestoriesstories") + 7] ^= 128
    specimen.judge(bytes(damaged), row, "a name")
    held(row, 5)
    assert row.refused == 5


def test_an_index_that_lost_an_entry_is_reported(tmp_path: Path, row: Row) -> None:
    """No event differs, but a retry would record the same line twice."""
    specimen = damage.Specimen(tmp_path)
    damaged = specimen.without_index_entry()
    ended = specimen.verify(damaged)
    assert ended.code == 3 and "the database finds its own file intact" in ended.err, ended.err


def test_an_archive_without_its_wal_is_an_earlier_state(tmp_path: Path, row: Row) -> None:
    damage.wal_lost(tmp_path, row)
    held(row, 2)


def test_a_migration_is_done_completely_or_not_at_all(tmp_path: Path, row: Row) -> None:
    migrations.at_each_statement(tmp_path, row, 25)
    held(row, 4)


def test_two_concurrent_upgrades_upgrade_once(tmp_path: Path, row: Row) -> None:
    migrations.two_at_once(tmp_path, row, 1)
    held(row, 1)


def test_a_killed_server_loses_nothing(row: Row) -> None:
    try:
        servers.killed(row, 2, random.Random(2))
    except Unavailable as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    held(row, 2)


def test_a_server_without_room_loses_nothing(row: Row) -> None:
    def fault() -> None:
        try:
            servers.out_of_disk(row, (64,))
        except Unavailable as reason:
            pytest.skip(f"no PostgreSQL: {reason}")

    on_a_disk(fault)
    held(row, 2)
    assert row.refused
