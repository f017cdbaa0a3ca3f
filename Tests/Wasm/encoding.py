"""Numbers as Martlet's own formats write them, for files and tokens made by hand."""

from __future__ import annotations


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first: what tokens and item lists have, not SQLite."""
    groups = bytearray()
    while value >= 0x80:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(groups + bytes([value]))


def hash32(text: bytes) -> int:
    """The name by which tokens know an item: FNV-1a, then MurmurHash3's finaliser."""
    value = 0x811C9DC5
    for byte in text:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16
