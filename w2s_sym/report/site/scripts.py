"""The scripts of the site: search, copying, and what lights up in the graph. Every page is complete without them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from w2s_sym.store.marks import SCRIPT


def search_data(rows: Iterable[tuple[str, str, str, str, str]]) -> str:
    """The file that the search reads, a script: a page that is opened from a folder may load no other.

    A row is a page, a name, a sentence, a word on it, and what else is looked through: the sentence in TeX.
    """
    lines = ",\n".join(json.dumps(row, ensure_ascii=False).replace("</", "<\\/") for row in rows)
    return f"{SCRIPT}\nwindow.w2sClaims = [\n{lines}\n];\n"


PROGRAM = (
    SCRIPT
    + r"""
(() => {
  "use strict";
  const root = document.documentElement.dataset.root || "";
  const field = document.querySelector("#find");
  const list = document.querySelector("#found");
  const told = document.querySelector("#found-count");
  const bare = text => text.toLowerCase().replace(/[_/^{}$\\\s]+/g, " ").trim();
  let loading = null;
  const load = () => loading = loading || new Promise(done => {
    const script = document.createElement("script");
    script.src = root + "claims.js";
    script.onload = () => done(window.w2sClaims.map(row => [
      ...row, bare(row[1]), [row[1], row[2], row[4]].map(bare).join(" | ")
    ]));
    document.head.append(script);
  });
  const show = async () => {
    const phrase = bare(field.value);
    const words = phrase.split(" ").map(w => w.replace(/([a-z]{3})s$/, "$1")).filter(Boolean);
    const rows = words.length ? (await load()).filter(row => words.every(w => row[6].includes(w))) : [];
    const named = row => words.filter(w => row[5].includes(w)).length;
    const rank = row => -100 * (row[5] === phrase) - 20 * row[6].includes(phrase) - named(row);
    rows.sort((a, b) => rank(a) - rank(b));
    list.replaceChildren(...rows.slice(0, 30).map(row => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = root + row[0];
      link.textContent = row[1];
      const words = document.createElement("span");
      words.textContent = row[2];
      const verdict = document.createElement("span");
      verdict.className = "w2s-soft";
      verdict.textContent = row[3];
      item.append(link, " ", verdict, document.createElement("br"), words);
      return item;
    }));
    list.hidden = !words.length;
    told.textContent = words.length ? (rows.length > 30 ? `30 of ${rows.length} found` : `${rows.length} found`) : "";
  };
  if (field) {
    field.closest("form").hidden = false;
    field.addEventListener("input", show);
    field.addEventListener("focus", load);
    field.closest("form").addEventListener("submit", event => {
      event.preventDefault();
      const first = list.querySelector("a");
      if (first) first.click();
    });
    document.addEventListener("keydown", event => {
      if (event.key === "/" && !/input|textarea/i.test(event.target.tagName)) { event.preventDefault(); field.focus(); }
      if (event.key === "Escape") { field.value = ""; show(); }
    });
  }
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = document.getElementById(button.dataset.copies);
      const range = document.createRange();
      range.selectNodeContents(text);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
      button.textContent = "copied";
    });
  }
  for (const graph of document.querySelectorAll(".w2s-graph")) {
    const edges = [...graph.querySelectorAll("path")];
    const reach = (name, from, to) => {
      const seen = new Set([name]), todo = [name];
      while (todo.length) {
        const here = todo.pop();
        for (const e of edges) if (e.dataset[from] === here && !seen.has(e.dataset[to])) {
          seen.add(e.dataset[to]); todo.push(e.dataset[to]);
        }
      }
      return seen;
    };
    const light = name => {
      const down = reach(name, "above", "below"), up = reach(name, "below", "above");
      graph.classList.add("w2s-lit");
      for (const e of edges) {
        const on = (down.has(e.dataset.above) && down.has(e.dataset.below))
          || (up.has(e.dataset.above) && up.has(e.dataset.below));
        e.classList.toggle("w2s-on", on);
      }
      for (const a of graph.querySelectorAll("a")) {
        a.classList.toggle("w2s-on", down.has(a.dataset.name) || up.has(a.dataset.name));
      }
    };
    const dark = () => graph.classList.remove("w2s-lit");
    for (const a of graph.querySelectorAll("a")) {
      a.addEventListener("mouseenter", () => light(a.dataset.name));
      a.addEventListener("mouseleave", dark);
      a.addEventListener("focus", () => light(a.dataset.name));
      a.addEventListener("blur", dark);
      if (decodeURIComponent(location.hash.slice(1)) === a.dataset.name) light(a.dataset.name);
    }
  }
})();
"""
)
