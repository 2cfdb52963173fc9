/** Styles of the page; no font, image or script is loaded from anywhere. Colours are checked against WCAG AA on both grounds. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f7f8fa;--card:#fff;--text:#1c2330;--soft:#566072;--line:#dfe3ea;--accent:#2457c5;
--critical:#9b1140;--high:#b42318;--medium:#8a5a00;--low:#0b6a7c;--info:#566072;--good:#17703c;--warn:#8a5a00;--bad:#b42318;
--s0:#2457c5;--s1:#b3541e;--s2:#17703c;--s3:#7a3db8;--s4:#a3195b;--s5:#0b6a7c;--code:#f0f2f6}
@media (prefers-color-scheme:dark){:root{--bg:#11151c;--card:#191f29;--text:#e6eaf1;--soft:#a2adbd;--line:#2d3644;--accent:#8ab0ff;
--critical:#ff9dbd;--high:#ff9b90;--medium:#f0c36b;--low:#7fd3e3;--info:#a2adbd;--good:#7fd6a2;--warn:#f0c36b;--bad:#ff9b90;
--s0:#8ab0ff;--s1:#f2a878;--s2:#7fd6a2;--s3:#cba6f7;--s4:#ff9dbd;--s5:#7fd3e3;--code:#222a36}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:68rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 .5rem}
h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
h3{font-size:1.05rem;margin:0 0 .35rem;line-height:1.35}
a{color:var(--accent)}
p{margin:.35rem 0}
code,pre,.mono{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{background:var(--code);border-radius:.3rem;padding:.1rem .35rem}
pre{background:var(--code);border-radius:.5rem;padding:.75rem;margin:.5rem 0;overflow-x:auto;white-space:pre-wrap}
.soft{color:var(--soft)}.small{font-size:.875rem}
.verdict{display:inline-block;border:2px solid;border-radius:.5rem;padding:.1rem .7rem;font-weight:700;letter-spacing:.04em}
.pass{color:var(--good)}.fail{color:var(--bad)}.unknown{color:var(--warn)}
.chips{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:1rem 0}
.chips li{background:var(--card);border:1px solid var(--line);border-radius:999px;padding:.15rem .8rem;font-size:.875rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.1rem;margin:0 0 1rem;min-width:0}
.finding{border-left:.35rem solid var(--info)}
.finding.critical{border-left-color:var(--critical)}.finding.high{border-left-color:var(--high)}
.finding.medium{border-left-color:var(--medium)}.finding.low{border-left-color:var(--low)}
.tag{font-size:.75rem;font-weight:700;letter-spacing:.06em;text-transform:uppercase;margin-right:.5rem}
.critical .tag{color:var(--critical)}.high .tag{color:var(--high)}.medium .tag{color:var(--medium)}.low .tag{color:var(--low)}.info .tag{color:var(--info)}
.evidence{margin:.6rem 0;padding-left:1.1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem .9rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0;min-width:0}
ol{margin:.3rem 0;padding-left:1.3rem}
.untrusted{border:1px dashed var(--line)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption,figcaption{text-align:left;font-weight:600;padding:0 0 .6rem}
th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top;min-width:3rem}
td{overflow-wrap:break-word}
th:first-child,td:first-child{min-width:10rem;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:500;white-space:nowrap}
tr:last-child td{border-bottom:0}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.good,.tone.good{color:var(--good)}td.warn,.tone.warn{color:var(--warn)}td.bad,.tone.bad{color:var(--bad)}td.muted,.tone.muted{color:var(--soft)}
figure{margin:0}
.chart{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem .6rem;font-size:.78rem;color:var(--soft);font-variant-numeric:tabular-nums}
.y{display:flex;flex-direction:column;justify-content:space-between;text-align:right;margin:-.6em 0}
.x{grid-column:2;display:flex;justify-content:space-between;gap:.5rem}
.x span:nth-child(2){text-align:center}.x span:last-child{text-align:right}
svg{display:block;width:100%;height:13rem;overflow:visible}
svg *{vector-effect:non-scaling-stroke}
.grid{stroke:var(--line);stroke-width:1}
.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}
.mark{stroke-width:2;stroke-dasharray:4 3}
.bar{fill:var(--s0);opacity:.85}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.l0{stroke:var(--s0)}.l1{stroke:var(--s1)}.l2{stroke:var(--s2)}.l3{stroke:var(--s3)}.l4{stroke:var(--s4)}.l5{stroke:var(--s5)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0;margin:.7rem 0 0;font-size:.875rem}
.legend svg{display:inline-block;width:1.4rem;height:.6rem;margin-right:.4rem;vertical-align:middle}
.tree,.tree ul{list-style:none;padding-left:1.1rem;margin:.2rem 0}.tree{padding-left:0}
.tree ul{border-left:1px solid var(--line)}
.timeline{list-style:none;padding:0 0 0 1rem;margin:0;border-left:2px solid var(--line)}
.timeline li{padding:.2rem 0 .5rem}
.timeline time{display:block;color:var(--soft);font-size:.8rem}
.removed{color:var(--bad)}.added{color:var(--good)}
details summary{cursor:pointer;color:var(--soft);font-size:.875rem;margin-top:.6rem}
footer{color:var(--soft);font-size:.85rem;padding-top:1rem;padding-bottom:3rem}
@media (max-width:32rem){dl{grid-template-columns:1fr;gap:.1rem}dd{margin-bottom:.4rem}.card{padding:.85rem}h1{font-size:1.25rem}}
@media print{body{background:#fff}.card{break-inside:avoid}}
`.trim();
