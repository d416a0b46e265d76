"""What Coq says of a claim is said of that claim's own text, however alike the ids of two claims are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from w2s_sym import Claim, ClaimError, Compare, Derivation, Domain, Source, symbol
from w2s_sym.claims.run import NoMemory
from w2s_sym.coq import judge
from w2s_sym.coq.development import LIBRARY, files_of, theorem_files
from w2s_sym.coq.judge import Reply, opinions
from w2s_sym.coq.statement import theorem_name
from w2s_sym.coq.toolchain import Coq

x = symbol("x", "a number", positive=True)
# Ids that become one when what Coq does not take is left out, or with other capitals, or where parts meet.
ALIKE = (
    *((f"k{mark}x", "foo") for mark in "_-.:+"),
    *(("K_x", "foo"), ("k__x", "foo"), ("k", "x__foo"), ("k__x_", "foo"), ("k", "x_foo"), ("kx", "foo")),
    *(("level_x", "foo"), ("xlevel_x", "foo"), ("1k", "foo"), ("x1k", "foo"), ("H_x", "foo"), ("xH_x", "foo")),
    *(("k", "foo"), ("k", "foo__all"), ("k", "foo__inhabited"), ("k", "foo__root_0"), ("k", "foo_"), ("k", "foo__")),
    *(("k" * 90, "foo"), ("k" * 91, "foo"), ("k", "f" * 90 + "_"), ("k", "f" * 90 + "__")),
)


def made(key: str, name: str, sentence: str = "It is so.", right: Any = x + 1) -> Claim:
    source = Source(key, "A. Theorist", "On toys", 2026)
    return Claim(name, sentence, Compare(x, "<", right), Domain((x,)), source, (Derivation(x).bound("<", right),))


@pytest.fixture
def reader(tmp_path: Path) -> Coq:
    """A judge that waits before it reads a theorem, and then accepts what does not say that it is not so."""
    script = tmp_path / "reader"
    script.write_text(
        "#!/bin/sh\n"
        'for file; do :; done\ncase "$file" in *__*) sleep 0.5; grep -q "not so" "$file" && exit 1;; esac\n'
        'echo "Closed under the global context"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return Coq(str(script), "0")


def test_no_two_ids_have_one_theorem_nor_one_file_where_capitals_count_for_nothing() -> None:
    names = [theorem_name(made(*each)).lower() for each in ALIKE]
    assert len(set(names)) == len(set(ALIKE))
    besides = {f"{name}__{end}" for name in names for end in ("all", "inhabited", "root_0")}
    assert not besides & set(names)
    assert not {name.lower() for name in LIBRARY} & set(names)
    assert max(map(len, names)) < 200
    assert len(theorem_name(made("k" * 100, "f" * 100))) + len("..v.aux") < 255
    assert theorem_name(made("toy2026", "a_claim")) == "toy2026__a_claim"


@pytest.mark.parametrize("order", [1, -1])
def test_an_answer_is_about_the_text_that_was_read(reader: Coq, order: int) -> None:
    pair = (made("k-x", "foo"), made("k_x", "foo", "It is not so."))[::order]
    found = opinions(pair, reader, NoMemory(), jobs=2)
    assert {name: o.answer for name, o in found.items()} == {"k-x/foo": Reply.ACCEPTED, "k_x/foo": Reply.REJECTED}


def test_a_file_is_written_once(reader: Coq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "theorem_name", lambda _: "the__same")
    pair = (made("k-x", "foo", "It is not so."), made("k_x", "foo"))
    first, second = opinions(pair, reader, NoMemory(), jobs=1).values()
    assert (first.answer, second.answer) == (Reply.REJECTED, Reply.REJECTED)
    assert second.reason == "two theorems have the file the__same.v"


def test_two_different_claims_with_one_id_are_refused(reader: Coq) -> None:
    one = made("k", "foo")
    assert len(opinions((one, made("k", "foo")), reader, NoMemory())) == 1
    with pytest.raises(ClaimError, match="two different claims have the id k/foo"):
        opinions((one, made("k", "foo", right=x + 2)), reader, NoMemory())


def test_an_answer_of_an_earlier_rule_is_not_read(reader: Coq, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}

    class Kept:
        get: Callable[..., Any] = staticmethod(kept.get)
        put: Callable[..., None] = staticmethod(kept.__setitem__)

    claim = made("k", "foo", "It is not so.")
    with monkeypatch.context() as before:
        before.setattr(judge, "ANSWER_RULE", judge.ANSWER_RULE - 1)
        (opinion,) = opinions((claim,), reader, Kept(), keys={claim.id: "key"}).values()
    (key,) = kept
    kept[key] = replace(opinion, answer=Reply.ACCEPTED).to_record()
    (again,) = opinions((claim,), reader, Kept(), keys={claim.id: "key"}).values()
    assert again.answer is Reply.REJECTED


def test_a_development_has_a_file_for_each_claim() -> None:
    claims = [made(*each) for each in ALIKE]
    texts = theorem_files(claims, {})
    assert len(texts) == len(set(ALIKE))
    assert len(files_of(texts, {}, {})) == len(texts) + len(LIBRARY) + 3
    for each in claims:
        assert f"Theorem {theorem_name(each)} :" in texts[theorem_name(each)]
