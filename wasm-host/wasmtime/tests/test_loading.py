import pytest

from martlet_host.loading import DamagedFile, open_verified, read_verified
from martlet_host.manifest import CHUNK_BYTES, Manifest
from martlet_host.module import Scorer


def test_an_intact_file_is_opened_from_the_modules_own_memory(folder, fault_module):
    manifest = Manifest.read(folder.publish())
    scorer = Scorer(fault_module)
    for file in manifest.files:
        open_verified(scorer, folder.path, file)
    listed = scorer.handle(b"GET /files HTTP/1.1\r\n\r\n").partition(b"\r\n\r\n")[2]
    assert listed == b"1base001\n2all0001\n2north01\n2south01\n4text001\n"


@pytest.mark.parametrize("position", [0, CHUNK_BYTES - 1, CHUNK_BYTES, 2_099_999])
def test_a_flipped_bit_is_found_in_its_chunk(folder, fault_module, position):
    manifest = Manifest.read(folder.publish())
    path = folder.file("base")
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    scorer = Scorer(fault_module)
    with pytest.raises(DamagedFile, match=f"chunk {position // CHUNK_BYTES} "):
        open_verified(scorer, folder.path, manifest.files[0])
    assert scorer.handle(b"GET /files HTTP/1.1\r\n\r\n").endswith(b"\r\n\r\n"), "nothing was opened"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "truncated"),
        (lambda path: path.write_bytes(b""), "truncated"),
        (lambda path: path.write_bytes(path.read_bytes() + b"!"), "longer"),
        (lambda path: path.unlink(), "No such file"),
    ],
)
def test_a_file_of_another_size_is_damaged(folder, damage, reason):
    manifest = Manifest.read(folder.publish())
    damage(folder.file("base"))
    with pytest.raises(DamagedFile, match=reason):
        read_verified(folder.path, manifest.files[0])


def test_the_whole_must_match_too(folder):
    folder.publish()
    folder.document["files"][0]["sha256"] = "0" * 64
    folder.write_manifest(folder.document)
    with pytest.raises(DamagedFile, match="does not match its SHA-256"):
        read_verified(folder.path, Manifest.read(folder.path).files[0])
