import json

import pytest

from martlet_host.manifest import MANIFEST_BYTES_MAX, Manifest, ManifestError


def test_chains_go_from_the_widest_file_to_the_region_itself(folder):
    manifest = Manifest.read(folder.publish())
    chains = {code: [file.region for file in manifest.chain(code)] for code in ["N", "S", "Nowhere", "world", "?"]}
    assert chains == {"N": ["all", "north"], "S": ["south"], "Nowhere": [], "world": [], "?": []}
    assert [file.kind for file in manifest.common_files] == ["base", "text"]


def change(path: str, value: object):
    """An edit of the manifest at a dotted path; None deletes."""

    def edit(document: dict) -> None:
        *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in parents:
            document = document[step]
        if value is None:
            del document[last]
        else:
            document[last] = value

    edit.__name__ = f"{path}={value}"
    return edit


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (change("format", 2), "format 2 is unknown"),
        (change("format", True), "format: not of type int"),
        (change("generation", None), "generation: missing"),
        (change("files", {}), "files: not of type list"),
        (change("files.0", 7), r"files\[0\]: not an object"),
        (change("files.0.kind", "region"), r"files\[0\].region: missing"),
        (change("files.0.kind", "index"), r"files\[0\].kind: 'index' is unknown"),
        (change("files.1.name", "../../etc/passwd"), r"files\[1\].name"),
        (change("files.1.name", "a/b.sqlite"), r"files\[1\].name"),
        (change("files.1.bytes", -1), r"files\[1\].bytes"),
        (change("files.1.bytes", 1 << 40), r"files\[1\].bytes"),
        (change("files.1.sha256", "00"), r"files\[1\].sha256"),
        (change("files.1.chunks", []), r"files\[1\].chunks: 0 for 70 bytes"),
        (change("files.1.chunks.0", 5), r"files\[1\].chunks\[0\]"),
        (change("files.1.region", "south"), "two files for the same region"),
        (change("files.1.parent", "north"), "circle"),
        (change("files.1.parent", "moon"), "no file for parent 'moon'"),
        (change("files.1.parent", ["north"]), r"files\[1\].parent: not of type str"),
        (change("files.1.region", "world"), "'world' is no region"),
        (change("files.0", {}), r"files\[0\].kind: missing"),
        (change("regions.N", "moon"), r"regions\['N'\]"),
        (change("regions.N", []), r"regions\['N'\]"),
        (change("regions.N", {}), r"regions\['N'\]"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_wrong_is_named_with_its_place(folder, edit, place):
    folder.publish()
    edit(folder.document)
    with pytest.raises(ManifestError, match=place):
        Manifest.parse(json.dumps(folder.document).encode())


NOT_MANIFESTS = [b"", b"{", b"[]", b"\xff", b"null", b"NaN", "{}".encode("utf-16"), b"[" * 200_000, b'{"a":' * 100_000]


@pytest.mark.parametrize("text", NOT_MANIFESTS, ids=lambda text: str(text[:8]))
def test_what_is_not_a_manifest_at_all(text):
    with pytest.raises(ManifestError):
        Manifest.parse(text)


def test_a_manifest_has_its_bounds(folder):
    folder.publish()
    text = json.dumps(folder.document).encode()
    fits = text + b" " * (MANIFEST_BYTES_MAX - len(text))
    assert Manifest.parse(fits).generation == "g1"
    with pytest.raises(ManifestError, match="more than 1048576 bytes"):
        Manifest.parse(fits + b" ")
    folder.document["files"] = [0] * 4097
    with pytest.raises(ManifestError, match="files: 4097, at most 4096"):
        Manifest.parse(json.dumps(folder.document).encode())


@pytest.mark.parametrize(("parents", "is_read"), [(16, True), (17, False)])
def test_a_region_has_so_many_parents(folder, parents, is_read):
    folder.publish()
    entry = folder.document["files"][3]
    chain = [entry | {"region": f"r{n}"} | ({"parent": f"r{n - 1}"} if n else {}) for n in range(parents + 1)]
    folder.document["files"] += chain
    folder.document["regions"]["deep"] = f"r{parents}"
    text = json.dumps(folder.document).encode()
    if is_read:
        assert [file.region for file in Manifest.parse(text).chain("deep")] == [f"r{n}" for n in range(parents + 1)]
    else:
        with pytest.raises(ManifestError, match="'r17' has more than 16 parents"):
            Manifest.parse(text)


def test_a_missing_manifest_is_named(tmp_path):
    with pytest.raises(ManifestError, match="manifest.json: No such file"):
        Manifest.read(tmp_path)
