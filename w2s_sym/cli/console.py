"""Talking to a terminal: lines that survive a closed pipe, live progress, files written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
