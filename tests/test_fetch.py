"""The download path, end to end, against a server on this machine."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

import genbench_lite as gbl
from genbench_lite import cards, fetch
from genbench_lite.dataset import Dataset
from genbench_lite.errors import DataError, FetchError, GenbenchError, UnknownNameError
from genbench_lite.reading import sources

ARCHIVES = ["human_nontata_promoters", "human_ensembl_regulatory", "drosophila_enhancers_stark"]
FLY = "drosophila_enhancers_stark"


def failure(name: str = FLY) -> str:
    with pytest.raises(FetchError) as caught:
        gbl.load(name)
    return str(caught.value)


def promise(request, whole: bytes) -> None:
    """Answer as if all of it followed."""
    request.send_response(200)
    request.send_header("Content-Length", str(len(whole)))
    request.end_headers()


def left_in(cache: Path) -> list[str]:
    """Everything in the cache that is not a lock or a recorded checksum."""
    files = [path.relative_to(cache) for path in cache.rglob("*") if path.is_file()]
    return [str(f) for f in files if f.suffix != ".lock" and f.parts[0] != "checksums"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_real_archive_comes_through_the_network_letter_by_letter(served, server, name):
    inside = served(name)
    assert not gbl.is_downloaded(name)
    dataset = gbl.load(name)
    assert gbl.is_downloaded(name)
    assert dataset.classes == cards.card(name).classes
    for split, expected in inside.splits.items():
        got = getattr(dataset, split)
        assert isinstance(got.codes, np.memmap)
        assert got.sequences == expected.sequences
        assert got.labels.tolist() == expected.labels.tolist()
        assert got.ids.tolist() == expected.ids.tolist()
    asked = len(server.asked)
    gbl.load(name)
    assert len(server.asked) == asked, "the second load must not touch the network"


def test_nothing_but_the_packed_dataset_stays(served, cache):
    served(FLY)
    gbl.load(FLY)
    assert {Path(f).parts[:2] for f in left_in(cache)} == {("datasets-v1", FLY)}
    assert not [f for f in left_in(cache) if f.endswith((".zip", ".tmp"))]


def test_row_count_that_differs_from_the_card(server, real_archive, cache):
    server.publish(FLY, real_archive(FLY))
    message = failure()
    assert "should have 2,592 rows of negative in train, but has 407" in message
    assert left_in(cache) == []


def test_wrong_class_folder(server, real_archive, cache):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as z:
        for split in ("train", "test"):
            z.writestr(f"{FLY}/{split}/positive/1.txt", "ACGT")
            z.writestr(f"{FLY}/{split}/negativ/1.txt", "ACGT")
    server.publish(FLY, content.getvalue())
    message = failure()
    assert "should have the classes negative, positive, but has negativ, positive" in message
    assert left_in(cache) == []


def test_archive_of_another_dataset(server, real_archive):
    server.publish(FLY, real_archive("human_nontata_promoters"))
    assert "Is it the archive of another dataset?" in failure()


def test_truncated_archive(server, real_archive, cache):
    server.publish(FLY, real_archive(FLY)[:-5000])
    assert "not a whole zip archive" in failure()
    assert left_in(cache) == []


def test_web_page_instead_of_archive(server):
    server.publish(FLY, b"<html><body>Log in to the campus network</body></html>")
    assert "web page" in failure()


def test_server_that_stops_half_way_then_heals(served, server, real_archive, cache):
    inside = served(FLY)
    path = next(iter(server.answers))
    whole = server.answers[path]

    def half(request) -> None:
        promise(request, whole)
        request.wfile.write(whole[: len(whole) // 2])

    server.answers[path] = half
    assert "broke off half-way" in failure()
    assert left_in(cache) == []
    server.answers[path] = whole
    assert gbl.load(FLY).train.sequences == inside.train.sequences


def test_server_that_falls_silent(served, server, monkeypatch):
    served(FLY)
    monkeypatch.setattr(sources, "TIMEOUT", 0.3)
    path = next(iter(server.answers))
    server.answers[path] = lambda request: time.sleep(1)
    assert "silent for 0.3 seconds" in failure()


def test_server_that_falls_silent_half_way(served, server, monkeypatch):
    served(FLY)
    monkeypatch.setattr(sources, "TIMEOUT", 0.3)
    path = next(iter(server.answers))
    whole = server.answers[path]

    def pause(request) -> None:
        promise(request, whole)
        request.wfile.write(whole[:1000])
        request.wfile.flush()
        time.sleep(1)

    server.answers[path] = pause
    assert "fell silent half-way, for 0.3 seconds" in failure()


def test_http_errors_are_named(server):
    server.answers[cards.card(FLY).archive_url.split("zenodo.org")[1].split("?")[0]] = (
        lambda request: request.send_error(429)
    )
    message = failure()
    assert "Zenodo: " in message
    assert "answered 429 Too Many Requests" in message
    assert "answered 404 Not Found" in message


def test_no_network_names_every_source_and_a_way_out(monkeypatch):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://127.0.0.1:9")
    message = failure()
    for source in sources.SOURCES:
        assert f"{source}: no connection to 127.0.0.1:9" in message
    assert "genbench-lite doctor" in message
    assert "demo_open_chromatin_cells" in message
    assert message.count("\n  - ") == len(sources.SOURCES)


def test_mirror_keeps_its_own_path(monkeypatch):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://host:80/course/")
    assert sources.mirrored("https://zenodo.org/a/b.zip?download=1") == (
        "http://host:80/course/a/b.zip?download=1"
    )


def test_mirror_that_is_no_address(monkeypatch):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "teacher.local")
    assert "http://host:port" in failure()


def test_the_published_addresses_are_asked_when_no_mirror_is_set():
    url = cards.card(FLY).archive_url
    assert sources.mirrored(url) == url
    assert url == (
        "https://zenodo.org/records/16605299/files/drosophila_enhancers_stark_v0.zip?download=1"
    )


def test_changed_archive_is_refused_until_forgotten(served, server, cache):
    inside = served(FLY)
    gbl.load(FLY)
    assert gbl.remove(FLY)
    path = next(iter(server.answers))
    server.answers[path] += b""  # the same bytes: still welcome
    gbl.load(FLY)
    gbl.remove(FLY)

    content = io.BytesIO(server.answers[path])
    with zipfile.ZipFile(content, "a") as z:
        z.comment = b"changed by its publisher"
    server.answers[path] = content.getvalue()
    message = failure()
    assert "not the one that was fetched before" in message
    assert f"genbench-lite remove {FLY} --forget-checksum" in message
    assert not gbl.remove(FLY, forget_checksum=True)
    assert len(gbl.load(FLY).train) == len(inside.train)


def test_damaged_checksums_say_how_to_go_on(served, cache):
    served(FLY)
    (cache / "checksums").mkdir(parents=True)
    (cache / "checksums" / f"{FLY}.json").write_text('{"half')
    assert f"genbench-lite remove {FLY} --forget-checksum" in failure()
    gbl.remove(FLY, forget_checksum=True)
    gbl.load(FLY)


def test_checksum_is_not_recorded_for_a_bad_archive(server, real_archive, cache):
    server.publish(FLY, real_archive(FLY)[:-5000])
    failure()
    assert not list(cache.glob("checksums/*.json"))


def parquet_copy(server, dataset: Dataset, labels=lambda labels: labels, **columns) -> None:
    """Serve the dataset as the hub does: a listing, then one file a split."""
    base = sources.HUB.format(cards.card(dataset.name).hub_repository)
    files = {}
    for split, s in dataset.splits.items():
        table = pyarrow.table({"seq": s.sequences, "label": labels(s.labels)} | columns)
        content = io.BytesIO()
        pyarrow.parquet.write_table(table, content)
        files[split] = [f"{base}/default/{split}/0.parquet"]
        server.answers[files[split][0].split("huggingface.co")[1]] = content.getvalue()
    server.answers[base.split("huggingface.co")[1]] = json.dumps({"default": files}).encode()


def test_second_source_takes_over(served, server):
    inside = served("human_nontata_promoters")
    server.answers.clear()
    parquet_copy(server, inside)
    dataset = gbl.load("human_nontata_promoters")
    assert dataset.train.sequences == inside.train.sequences
    assert dataset.train.labels.tolist() == inside.train.labels.tolist()


def test_second_source_with_swapped_labels_is_refused(served, server, expect_rows):
    name = "human_ensembl_regulatory"
    inside = served(name)
    server.answers.clear()
    turned = Dataset(
        name,
        **{
            k: gbl.SequenceSet(**{**vars_of(s), "labels": (s.labels + 1) % 3})
            for k, s in inside.splits.items()
        },
    )
    expect_rows(name, turned)
    parquet_copy(server, turned)
    assert "are swapped" in failure(name)


def vars_of(s) -> dict:
    return {k: getattr(s, k) for k in ("codes", "offsets", "labels", "ids", "classes", "loci")}


def test_damaged_parquet_goes_on_to_the_third_source(served, server):
    inside = served(FLY)
    server.answers.clear()
    parquet_copy(server, inside)
    path = next(p for p in server.answers if p.endswith("train/0.parquet"))
    content = bytearray(server.answers[path])
    content[100:2000] = bytes(1900)
    server.answers[path] = bytes(content)
    message = failure()
    assert "no whole parquet file" in message
    assert "interval lists and reference genome:" in message


def test_labels_that_cannot_be_checked_are_announced(server, expect_rows):
    name = "demo_human_or_worm"
    toy = gbl.SequenceSet.from_strings(["ACGT", "GGCC"], [0, 1], cards.card(name).classes)
    dataset = Dataset(name, train=toy, test=toy)
    expect_rows(name, dataset)
    parquet_copy(server, dataset)
    with pytest.warns(UserWarning, match="cannot be checked"):
        gbl.load(name)


def test_second_source_of_another_form(served, server):
    inside = served(FLY)
    server.answers.clear()
    parquet_copy(server, inside)
    listing = sources.HUB.format(cards.card(FLY).hub_repository).split("huggingface.co")[1]
    server.answers[listing] = b'["not", "a", "listing"]'
    assert "another form than expected" in failure()
    server.answers[listing] = b"<html>"
    assert "another form than expected" in failure()


def test_third_source_reads_the_interval_lists_from_a_genome(real, server, expect_rows, capsys):
    """All 329 test and 860 training rows of fly whose letters are known, from coordinates."""
    import pandas as pd

    rows = pd.read_csv(real / "reference" / "expected_rows.tsv.gz", sep="\t", dtype=str)
    rows = rows[rows.dataset == FLY]
    about = cards.card(FLY)
    for split in ("train", "test"):
        for cls in about.classes:
            chosen = rows[(rows.split == split) & (rows["class"] == cls)]
            published = pd.read_csv(
                real / "intervals" / FLY / split / f"{cls}.csv.gz", dtype={"id": str}
            )
            kept = published[published.id.isin(chosen.id)].to_csv(index=False)
            path = about.interval_url(split, cls).split("githubusercontent.com")[1]
            server.answers[path] = gzip.compress(kept.encode())
    (genome,) = {sources.reference_url(c["url"]) for c in about.metadata["classes"].values()}
    server.answers[genome.split("ensembl.org")[1]] = (
        real / "reference" / "dm6.chr2R.partial.fa.gz"
    ).read_bytes()
    expected = {
        split: sorted(rows[rows.split == split].sequence.tolist()) for split in ("train", "test")
    }
    labels = {
        split: rows[rows.split == split]["class"].value_counts().sort_index().to_dict()
        for split in ("train", "test")
    }

    splits = {
        split: SimpleNamespace(labels=np.repeat([0, 1], list(counts.values())))
        for split, counts in labels.items()
    }
    expect_rows(FLY, SimpleNamespace(classes=about.classes, splits=splits))
    dataset = gbl.load(FLY)
    for split, letters in expected.items():
        assert sorted(getattr(dataset, split).sequences) == letters
    assert dataset.train.loci is not None
    assert dataset.train.loci["region"][0] == "chr2R"
    assert "reference genome instead: Drosophila_melanogaster" in capsys.readouterr().err


def test_a_genome_that_is_none_is_not_kept(server):
    about = cards.card(FLY)
    for split in ("train", "test"):
        for cls in about.classes:
            path = about.interval_url(split, cls).split("githubusercontent.com")[1]
            rows = "id,region,start,end,strand\n0,chr2R,1,5,+\n"
            server.answers[path] = gzip.compress(rows.encode())
    (genome,) = {sources.reference_url(c["url"]) for c in about.metadata["classes"].values()}
    server.answers[genome.split("ensembl.org")[1]] = b"<html>Log in</html>"
    failure()
    asked = len(server.asked)
    failure()
    assert genome.split("ensembl.org")[1] in server.asked[asked:], "the second try asks again"


def test_genomes_are_read_from_files_without_patches():
    urls = {
        sources.reference_url(c["url"])
        for name in gbl.list_datasets()
        for c in ((cards.card(name).metadata or {}).get("classes") or {}).values()
    }
    assert all(url.startswith("https://") for url in urls)
    assert not any("sapiens.GRCh38.dna.toplevel" in url for url in urls)
    assert any("melanogaster.BDGP6.28.dna.toplevel" in url for url in urls)


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="human_enhancers_cohn"):
        gbl.load("human_enhancer_cohn")
    with pytest.raises(UnknownNameError):
        gbl.load("../../etc")


def test_embedded_data_need_neither_network_nor_cache(monkeypatch, cache):
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", "http://127.0.0.1:9")
    assert len(gbl.load("demo_open_chromatin_cells").train) == 39254
    assert gbl.is_downloaded("demo_open_chromatin_cells")
    assert gbl.download("demo_open_chromatin_cells").exists()
    assert not cache.exists()
    with pytest.raises(GenbenchError, match="ships inside"):
        gbl.remove("demo_open_chromatin_cells")


def test_remove(served, cache):
    served(FLY)
    assert not gbl.remove(FLY)
    gbl.load(FLY)
    assert gbl.remove(FLY)
    assert not gbl.is_downloaded(FLY)
    assert left_in(cache) == []


def test_damaged_cache_is_fetched_again(served, cache):
    inside = served(FLY)
    gbl.load(FLY)
    codes = cache / "datasets-v1" / FLY / "train.codes.npy"
    codes.write_bytes(codes.read_bytes()[:1000])
    with pytest.warns(UserWarning, match="fetched again"):
        dataset = gbl.load(FLY)
    assert dataset.train.sequences == inside.train.sequences


def test_a_damaged_cache_is_kept_until_it_can_be_replaced(served, server, cache):
    served(FLY)
    gbl.load(FLY)
    server.answers.clear()
    (cache / "datasets-v1" / FLY / "train.codes.npy").write_bytes(b"short")
    with pytest.warns(UserWarning, match="fetched again"), pytest.raises(FetchError):
        gbl.load(FLY)
    assert (cache / "datasets-v1" / FLY / "test.codes.npy").exists()


def test_a_healthy_dataset_survives_what_the_system_refuses(served, server, cache, monkeypatch):
    served(FLY)
    gbl.load(FLY)
    asked = len(server.asked)

    def too_many(*args, **kwargs):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as m:
        m.setattr(np, "load", too_many)
        assert "Too many open files" in failure()
    assert len(server.asked) == asked
    gbl.load(FLY)


def test_a_cache_that_holds_it_needs_no_writing(served, cache, monkeypatch):
    served(FLY)
    gbl.load(FLY)
    monkeypatch.setattr(fetch, "_locked", lambda name: pytest.fail("wrote a lock"))
    assert gbl.download(FLY) == cache / "datasets-v1" / FLY
    gbl.load(FLY)


def test_many_processes_mend_a_damaged_cache_together(served, server, cache):
    inside = served(FLY)
    gbl.load(FLY)
    for _ in range(3):
        (cache / "datasets-v1" / FLY / "train.codes.npy").write_bytes(b"short")
        processes = [in_process(FLY, inside) for _ in range(4)]
        said = {process.communicate(timeout=120)[0].strip() for process in processes}
        assert said == {f"ROWS {len(inside.train)} {inside.train.codes.sum()}"}


def test_cache_that_lost_rows_is_fetched_again(served, cache):
    inside = served(FLY)
    gbl.load(FLY)
    few = Dataset(FLY, train=inside.train[:10], test=inside.test)
    few.save(cache / "datasets-v1" / FLY)
    with pytest.warns(UserWarning, match="fetched again"):
        assert len(gbl.load(FLY).train) == len(inside.train)


def test_leftovers_of_a_killed_process_are_swept_up(served, cache):
    served(FLY)
    dead = cache / "datasets-v1" / f".{FLY}-dead"
    dead.mkdir(parents=True)
    (dead / "half.zip").write_bytes(b"half")
    gbl.load(FLY)
    assert not dead.exists()


FULL = """
import sys, genbench_lite as gbl
from genbench_lite import cards, fetch
import dataclasses, json
rows = json.loads(sys.argv[2])
known = fetch.card
fetch.card = lambda name: dataclasses.replace(known(name), rows=rows)
try:
    dataset = gbl.load(sys.argv[1])
except gbl.GenbenchError as error:
    print("ERROR", error)
else:
    print("ROWS", len(dataset.train), dataset.train.codes.sum())
"""


def in_process(name: str, dataset: Dataset, **environment: str) -> subprocess.Popen:
    rows = dataset.info().to_dict()
    return subprocess.Popen(
        [sys.executable, "-c", FULL, name, json.dumps(rows)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_processes_that_ask_at_once_fetch_once(served, server):
    inside = served(FLY)
    path = next(iter(server.answers))
    whole = server.answers[path]

    def slowly(request) -> None:
        time.sleep(1)
        promise(request, whole)
        request.wfile.write(whole)

    server.answers[path] = slowly
    processes = [in_process(FLY, inside) for _ in range(4)]
    said = {process.communicate(timeout=120)[0].strip() for process in processes}
    assert said == {f"ROWS {len(inside.train)} {inside.train.codes.sum()}"}
    assert server.asked == [path]


@pytest.fixture
def mounted(tmp_path):
    """A real small file system, where this machine lets us mount one."""
    folders = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"mount{len(folders)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("needs the right to mount a small file system")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", ["256k", "1200k"])  # full during the download; while packing
def test_full_disk(served, mounted, size):
    inside = served(FLY)
    disk = mounted(f"size={size}")
    said, _ = in_process(FLY, inside, GENBENCH_LITE_CACHE=str(disk)).communicate(timeout=120)
    assert said.startswith("ERROR")
    assert "No space left on device" in said
    assert "GENBENCH_LITE_CACHE" in said
    assert left_in(disk) == []


def test_read_only_disk(served, mounted):
    inside = served(FLY)
    disk = mounted("ro")
    said, _ = in_process(FLY, inside, GENBENCH_LITE_CACHE=str(disk)).communicate(timeout=120)
    assert "Read-only file system" in said
    assert "GENBENCH_LITE_CACHE" in said


def test_cache_path_that_is_a_file(served, monkeypatch, tmp_path):
    served(FLY)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GENBENCH_LITE_CACHE", str(tmp_path / "file" / "cache"))
    assert "GENBENCH_LITE_CACHE" in failure()


def test_disk_that_fills_up_while_packing_is_explained(served, cache, monkeypatch):
    served(FLY)

    def no_room(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Dataset, "save", no_room)
    assert "No space left on device" in failure()
    assert left_in(cache) == []


def test_killed_at_any_moment_leaves_nothing_that_is_read(served, cache):
    inside = served(FLY)
    rng = np.random.default_rng(0)
    hit = 0
    for _ in range(8):
        process = in_process(FLY, inside)
        while not list(cache.glob(f"datasets-v1/.{FLY}-*")) and process.poll() is None:
            time.sleep(0.002)  # until it is at work
        time.sleep(rng.uniform(0, 0.15))
        process.kill()
        hit += process.wait() != 0 and not (cache / "datasets-v1" / FLY).exists()
        process.communicate()
        gbl.remove(FLY)
    assert hit, "no process was killed before it was done"
    assert gbl.load(FLY).train.sequences == inside.train.sequences


def test_check_rows_wants_every_split(served):
    inside = served(FLY)
    about = fetch.card(FLY)
    fetch.check_rows(inside, about)
    with pytest.raises(DataError, match="rows of negative in train"):
        fetch.check_rows(Dataset(FLY, train=inside.test, test=inside.test), about)


MOUSE = "dummy_mouse_enhancers_ensembl"


def whole_archive(seed: int = 0) -> bytes:
    """All rows of the smallest dataset, with their published ids and lengths but random letters."""
    from genbench_lite.reading.shipped_intervals import published_intervals

    rng = np.random.default_rng(seed)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as z:
        for split in ("train", "test"):
            rows = published_intervals(MOUSE).rows(split)
            for label, cls in enumerate(rows.classes):
                for i, length in enumerate(rows.length[rows.label == label]):
                    letters = "".join(rng.choice(list("ACGT"), length))
                    z.writestr(f"{MOUSE}/{split}/{cls}/{i}.txt", letters)
    return content.getvalue()


@pytest.mark.parametrize("name", [MOUSE, "demo_open_chromatin_cells"])
def test_unknown_split_is_told_before_anything_is_fetched(server, name):
    with pytest.raises(UnknownNameError, match="'fair'"):
        gbl.load(name, split="fari")
    assert server.asked == []


def test_fair_split_of_a_whole_dataset(server):
    from genbench_lite.audits.shipped_splits import fair_split_of

    server.publish(MOUSE, whole_archive())
    published, split = gbl.load(MOUSE), gbl.load(MOUSE, split="fair")
    assert published.valid is None
    assert gbl.load(MOUSE, split="published").test.ids.tolist() == published.test.ids.tolist()
    about = fair_split_of(MOUSE)
    for name, part in split.splits.items():
        counts = dict(zip(split.classes, np.bincount(part.labels).tolist(), strict=True))
        assert counts == about.rows[name] == split.card.rows[name]
    kept = {
        (origin, cls, i): letters
        for part in split.splits.values()
        for letters, label, i in zip(part.sequences, part.labels, part.ids, strict=True)
        for cls in [split.classes[label]]
        for origin, i in [i.split("/")]
    }
    assert len(kept) == sum(map(len, split.splits.values())), "no row stands in two splits"
    known = {
        (name, published.classes[label], i): letters
        for name, part in published.splits.items()
        for letters, label, i in zip(part.sequences, part.labels, part.ids, strict=True)
    }
    assert kept.items() <= known.items()
    assert len(known) - len(kept) == about.left_out
    assert f"by {about.by}, seed {about.seed}" in split.card.description
    assert "fair" not in published.card.description
    assert gbl.load(MOUSE, split="fair").test.sequences == split.test.sequences


def test_fair_split_checks_the_rows_of_the_published_card_first(server):
    content = io.BytesIO(whole_archive())
    with zipfile.ZipFile(content, "a") as z:
        z.writestr(f"{MOUSE}/test/negative/more.txt", "ACGT")
    server.publish(MOUSE, content.getvalue())
    with pytest.raises(FetchError, match="should have 121 rows of negative in test, but has 122"):
        gbl.load(MOUSE, split="fair")


def test_copies_without_ids_have_no_fair_split(server):
    import tempfile

    from genbench_lite.reading.archive import from_archive

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{MOUSE}_v0.zip"
        path.write_bytes(whole_archive())
        parquet_copy(server, from_archive(path))
    with (
        pytest.warns(UserWarning, match="cannot be checked"),
        pytest.raises(DataError, match="goes by the publishers' ids"),
    ):
        gbl.load(MOUSE, split="fair")
    assert len(gbl.load(MOUSE).train) == 968, "the published split stays usable"


def test_embedded_datasets_are_fair_already():
    name = "demo_open_chromatin_cells"
    split = gbl.load(name, split="fair")
    assert split.info().equals(gbl.load(name).info())
    assert set(split.test.loci["region"]) == {"chr1"}
