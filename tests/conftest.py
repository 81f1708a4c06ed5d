"""What all tests share: a cache of their own, the real data beside the checkout, a server."""

from __future__ import annotations

import dataclasses
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from genbench_lite import cards, fetch
from genbench_lite.reading import archive

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """No test sees the user's cache, or another test's."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("GENBENCH_LITE_CACHE", str(folder))
    monkeypatch.delenv("GENBENCH_LITE_MIRROR", raising=False)
    return folder


@pytest.fixture
def real() -> Path:
    """The folder of real archives, interval lists and pieces of genome."""
    if not REAL.exists():
        pytest.skip("needs the real data beside the checkout (../shared/real)")
    return REAL


class Server:
    """A loopback server: paths to bytes, or to a function that answers by itself."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | Callable] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                outer.asked.append(path)
                answer = outer.answers.get(path)
                if callable(answer):
                    answer(self)
                elif answer is None:
                    self.send_error(404)
                else:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

            do_HEAD = do_GET

            def log_message(self, *args) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def publish(self, name: str, archive: bytes) -> None:
        """Serve an archive under its published path."""
        self.answers[urlsplit(cards.card(name).archive_url).path] = archive


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    """A stand-in for every source: the published paths, asked on this machine."""
    server = Server()
    monkeypatch.setenv("GENBENCH_LITE_MIRROR", server.url)
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def expect_rows(monkeypatch) -> Callable:
    """Let a card expect the rows of a smaller archive than the published one."""

    def expect(name: str, dataset) -> None:
        rows = {
            split: dict(
                zip(
                    dataset.classes,
                    np.bincount(s.labels, minlength=len(dataset.classes)).tolist(),
                    strict=True,
                )
            )
            for split, s in dataset.splits.items()
        }
        smaller = dataclasses.replace(cards.card(name), rows=rows)
        known = fetch.card
        monkeypatch.setattr(fetch, "card", lambda n: smaller if n == name else known(n))

    return expect


@pytest.fixture
def real_archive(real) -> Callable[[str], bytes]:
    """The bytes of one of the three real archives."""
    return lambda name: (real / "archives" / f"{name}_v0.zip").read_bytes()


@pytest.fixture
def served(server, real_archive, expect_rows, tmp_path) -> Callable:
    """Publish a real archive on the loopback server; returns what it holds."""

    def serve(name: str):
        content = real_archive(name)
        server.publish(name, content)
        path = tmp_path / f"{name}_v0.zip"
        path.write_bytes(content)
        dataset = archive.from_archive(path)
        expect_rows(name, dataset)
        return dataset

    return serve
