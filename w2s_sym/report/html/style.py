"""The one style of everything that is shown as HTML: light and dark, on paper, in a notebook or on a page.

Colours are variables of the class ``w2s``, which every shown fragment wears; all other names start with it.
"""

from __future__ import annotations

_LIGHT = (
    "color-scheme:light;--w2s-ink:#1c2128;--w2s-soft:#57606a;--w2s-line:#d8dee4;--w2s-paper:#ffffff;--w2s-wash:#f6f8fa;"
    "--w2s-link:#0a58a6;--w2s-good:#00654a;--w2s-fair:#0b5394;--w2s-bad:#a83200;--w2s-open:#7a5200;--w2s-mute:#57606a;"
)
_DARK = (
    "color-scheme:dark;--w2s-ink:#e3e8ee;--w2s-soft:#9aa6b2;--w2s-line:#3a434e;--w2s-paper:#15191e;--w2s-wash:#1e242b;"
    "--w2s-link:#7db8f0;--w2s-good:#52d0a6;--w2s-fair:#7cbcf5;--w2s-bad:#ff9a6b;--w2s-open:#efc15b;--w2s-mute:#9aa6b2;"
)
# A notebook's own theme counts for more than that of the system.
_THEMES = (
    f".w2s{{{_LIGHT}}}@media (prefers-color-scheme:dark){{.w2s{{{_DARK}}}}}"
    f'[data-jp-theme-light="true"] .w2s,.vscode-light .w2s{{{_LIGHT}}}'
    f'[data-jp-theme-light="false"] .w2s,.vscode-dark .w2s{{{_DARK}}}'
    f"@media print{{.w2s,[data-jp-theme-light] .w2s{{{_LIGHT}}}}}"
)
# A notebook has rules of its own for tables, lists and code: the class counts twice to come before them.
STYLE = (
    _THEMES
    + """
.w2s{color:var(--w2s-ink);background:var(--w2s-paper);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
.w2s *{box-sizing:border-box}
.w2s a{color:var(--w2s-link)}
.w2s.w2s code{font:.88em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
background:none;color:inherit;padding:0}
.w2s.w2s .w2s-card{border:1px solid var(--w2s-line);border-radius:6px;padding:.9em 1.1em;max-width:64em;margin:.3em 0}
.w2s.w2s .w2s-head{display:flex;flex-wrap:wrap;gap:.4em .8em;align-items:baseline;color:var(--w2s-soft)}
.w2s.w2s .w2s-head code{overflow-wrap:anywhere}
.w2s.w2s .w2s-sentence{font-size:1.08em;margin:.45em 0 .6em;max-width:46em}
.w2s.w2s .w2s-eq{padding:.2em 0;line-height:2.1;min-width:0}
.w2s.w2s .w2s-eq mjx-container{text-align:left;margin:0;padding:.2em 0;line-height:normal}
.w2s.w2s .w2s-key{background:var(--w2s-wash);border-left:3px solid var(--w2s-link);
padding:.35em .9em;margin:.5em 0 .8em}
.w2s.w2s dl.w2s-facts{display:grid;grid-template-columns:fit-content(60%) minmax(0,1fr);gap:.3em 1.1em;margin:.5em 0}
.w2s.w2s dl.w2s-facts>dt{color:var(--w2s-soft);font-weight:normal;margin:0;float:none;width:auto;
overflow-wrap:anywhere}
.w2s.w2s dl.w2s-facts>dd{margin:0;padding:0;min-width:0;overflow-x:auto;overflow-y:hidden;overflow-wrap:anywhere}
.w2s.w2s ul.w2s-list{margin:0;padding:0;list-style:none}
.w2s.w2s ul.w2s-list>li{margin:0 0 .15em}
.w2s.w2s .w2s-tie{white-space:nowrap}
.w2s.w2s .w2s-soft{color:var(--w2s-soft)}
.w2s.w2s .w2s-problem{color:var(--w2s-bad);margin:.5em 0}
.w2s.w2s .w2s-scroll{overflow-x:auto;overflow-y:hidden;padding:.15em 0;margin:.4em 0}
.w2s.w2s .w2s-table{border-collapse:collapse;table-layout:auto;border:0;font-size:.95em;margin:0;width:auto}
.w2s.w2s .w2s-table tr{background:none}
.w2s.w2s .w2s-table th,.w2s.w2s .w2s-table td{border:0;border-bottom:1px solid var(--w2s-line);
padding:.32em .9em .32em 0;
text-align:left;vertical-align:baseline;color:inherit;white-space:normal;overflow-wrap:break-word}
.w2s.w2s .w2s-table th{color:var(--w2s-soft);font-weight:600}
.w2s.w2s .w2s-symbols th,.w2s.w2s .w2s-symbols td{border:0;padding:.08em .9em .08em 0}
.w2s.w2s .w2s-badge{display:inline-block;font-size:.76em;font-weight:700;letter-spacing:.03em;
border:1px solid currentColor;border-radius:3px;padding:0 .45em;line-height:1.55;white-space:nowrap}
.w2s.w2s .w2s-proved,.w2s.w2s .w2s-holds{color:var(--w2s-good)}
.w2s.w2s .w2s-agrees{color:var(--w2s-fair)}
.w2s.w2s .w2s-refuted,.w2s.w2s .w2s-fails{color:var(--w2s-bad)}
.w2s.w2s .w2s-inconclusive{color:var(--w2s-open)}
.w2s.w2s .w2s-skipped{color:var(--w2s-mute)}
.w2s.w2s .w2s-more{margin:.5em 0}
.w2s.w2s .w2s-more>summary{cursor:pointer;color:var(--w2s-link)}
.w2s.w2s ol.w2s-steps{list-style:none;counter-reset:w2s -1;margin:.4em 0;padding:0}
.w2s.w2s .w2s-steps>li{counter-increment:w2s;display:grid;
grid-template-columns:1.5em 1.4em minmax(0,1fr);gap:0 .5em;align-items:baseline;
border-top:1px solid var(--w2s-line);padding:.25em 0;margin:0}
.w2s.w2s .w2s-steps>li::before{content:counter(w2s);color:var(--w2s-soft);font-size:.85em;text-align:right}
.w2s.w2s .w2s-rel{text-align:center}
.w2s.w2s .w2s-why{grid-column:3;color:var(--w2s-soft);font-size:.92em;min-width:0;overflow-wrap:anywhere}
@media (max-width:640px){.w2s.w2s dl.w2s-facts{grid-template-columns:minmax(0,1fr)}
.w2s.w2s dl.w2s-facts>dt{margin-top:.4em}}
@media print{.w2s.w2s .w2s-eq,.w2s.w2s .w2s-scroll{overflow:visible!important}
.w2s.w2s :not(td)>.w2s-more::details-content{content-visibility:visible;display:block;height:auto}
.w2s.w2s .w2s-card,.w2s.w2s .w2s-steps>li{break-inside:avoid}}
"""
)

# What only the site needs. Its formulas break over lines, so that the reasons have room beside them.
PAGE = """
@media screen and (min-width:641px){.w2s.w2s .w2s-steps>li{
grid-template-columns:1.5em 1.4em minmax(0,1fr) minmax(7em,15em)}.w2s.w2s .w2s-why{grid-column:4}}
.w2s.w2s math{font-size:1.06em;line-height:normal}
.w2s.w2s .w2s-tex{font:.88em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
body.w2s{margin:0;padding:0 1.2em 4em}
main,header{max-width:68em;margin:0 auto}
header nav{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.3em 1.5em;padding:.8em 0 .4em}
header nav a{margin-right:.6em}
.w2s-find{border-bottom:1px solid var(--w2s-line);padding-bottom:.7em}
.w2s-find input{font:inherit;color:inherit;background:var(--w2s-wash);border:1px solid var(--w2s-line);
border-radius:4px;padding:.25em .6em;width:min(24em,100%)}
#found{padding-left:0;list-style:none;max-height:60vh;overflow-y:auto}
#found li{margin:.5em 0}
h1{font-size:1.75em;margin:.9em 0 .3em;overflow-wrap:anywhere}
h2{font-size:1.25em;margin:1.9em 0 .6em;border-bottom:1px solid var(--w2s-line);padding-bottom:.25em}
h2[id],dt[id]{scroll-margin-top:1em}
dt:target,h2:target{color:var(--w2s-link)}
h3{font-size:1.05em;margin:1.4em 0 .4em}
p,li,dd{max-width:60em}
code,main li{overflow-wrap:anywhere}
.w2s-under{color:var(--w2s-soft);margin:.2em 0 1em}
.w2s.w2s a.w2s-plain{color:inherit;text-decoration:none}
.w2s.w2s ul.w2s-claims>li{margin:0 0 .9em}
.w2s.w2s ul.w2s-toc{columns:18em;margin:1em 0}
.w2s.w2s dl.w2s-words>dd{overflow:visible}
.w2s-stamp{color:var(--w2s-soft);font-size:.9em;overflow-wrap:anywhere;margin-top:3em}
.w2s-rival{display:grid;grid-template-columns:7em minmax(0,1fr);align-items:baseline}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;
font:.88em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
figure{margin:1em 0}
figure img{max-width:100%;height:auto;background:#fff;border-radius:4px}
figcaption{color:var(--w2s-soft);max-width:60em}
main:has(.w2s-graph){max-width:none}
.w2s-graph{max-width:100%;height:auto;display:block;font:12px/1 system-ui,-apple-system,"Segoe UI",sans-serif}
#full-size:checked~.w2s-scroll .w2s-graph{max-width:none}
.w2s-graph text{fill:currentColor}
.w2s-graph path{fill:none;stroke:var(--w2s-mute);stroke-opacity:.28}
.w2s-graph a{text-decoration:none}
.w2s-graph a:hover text,.w2s-graph a:focus text{text-decoration:underline}
.w2s-lit a:not(.w2s-on){opacity:.18}
.w2s-lit path{stroke-opacity:.04}
.w2s-lit path.w2s-on{stroke:var(--w2s-link);stroke-opacity:.9}
@media (max-width:640px){body.w2s{padding:0 .7em 3em}}
@media print{.w2s-find,header nav{display:none}body.w2s{font-size:10pt}h2,h3{break-after:avoid}
.w2s a{color:inherit;text-decoration:none}}
"""
