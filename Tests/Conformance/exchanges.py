"""The case files: sequences of request and expected response messages, as readable text.

    # comments, before the first exchange
    ### what this exchange shows
    GET /healthz HTTP/1.1
    Martlet-Time: 1700000000000

    <<<
    HTTP/1.1 200 OK
    Content-Length: 15

    {"status":"ok"}

A case whose comments say `one instance` is about what an instance remembers: it is a sequence that only a reused one answers so.

Lines of a head end in LF here and in CR LF in the message; a body is what follows the blank line, without the line
ends at its end. `Content-Length` of a request is added where there is a body. The one thing that stands for something
else is `{generation}`: it names the bytes of the whole snapshot, and changes with every improvement of a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TITLE = "### "
ANSWER = "<<<"


@dataclass
class Exchange:
    title: str
    request: bytes
    expected: bytes
    """With `{generation}`; empty where it has not been written yet."""


@dataclass
class Case:
    path: Path
    comments: str
    exchanges: list[Exchange]
    request_texts: list[str]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def needs_one_instance(self) -> bool:
        return "one instance" in self.comments

    def write(self, responses: list[bytes], generation: bytes) -> None:
        """Rewrites the file with these responses as the expected ones."""
        text = self.comments
        for exchange, request, response in zip(self.exchanges, self.request_texts, responses, strict=True):
            answer = _text(response.replace(generation, b"{generation}"))
            text += f"{TITLE}{exchange.title}\n{request}\n{ANSWER}\n{answer}\n\n"
        self.path.write_text(text.rstrip("\n") + "\n")


def _load(path: Path) -> Case:
    comments, *parts = ("\n" + path.read_text()).split("\n" + TITLE)
    exchanges, request_texts = [], []
    for part in parts:
        title, _, rest = part.partition("\n")
        request, _, expected = f"{rest}\n".partition(f"\n{ANSWER}\n")
        exchanges.append(Exchange(title, _request(request), _message(expected)))
        request_texts.append(request)
    return Case(path, comments.removeprefix("\n") + "\n" if comments.strip() else "", exchanges, request_texts)


def _request(text: str) -> bytes:
    head, _, body = text.rstrip("\n").partition("\n\n")
    if body and "\ncontent-length:" not in head.lower():
        head += f"\nContent-Length: {len(body.encode())}"
    return _message(f"{head}\n\n{body}")


def _message(text: str) -> bytes:
    head, _, body = text.rstrip("\n").partition("\n\n")
    return (head.replace("\n", "\r\n") + "\r\n\r\n" + body).encode()


def _text(message: bytes) -> str:
    head, _, body = message.decode().partition("\r\n\r\n")
    return head.replace("\r\n", "\n") + "\n\n" + body


CASES = [_load(path) for path in sorted(Path(__file__).with_name("cases").glob("*.http"))]
"""All cases, by name."""


def split_messages(stream: bytes) -> list[bytes]:
    """The messages that a command wrote one after the other, each with its Content-Length."""
    messages = []
    while stream:
        head, blank, rest = stream.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        if not blank or len(lengths) != 1 or len(rest) < int(lengths[0]):
            raise AssertionError(f"not a whole response message: {stream[:200]!r}")
        messages.append(head + blank + rest[: int(lengths[0])])
        stream = rest[int(lengths[0]) :]
    return messages
