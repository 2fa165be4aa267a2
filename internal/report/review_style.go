package report

// reviewStyle is the style sheet of a report: both schemes, narrow screens,
// paper.
const reviewStyle = `:root{--fg:#1f2328;--dim:#57606a;--bg:#fff;--soft:#f6f8fa;--line:#d0d7de;--link:#0550ae;--good:#116329;--bad:#b3261e;--unsure:#9a6700;
--goodbg:#dafbe1;--badbg:#ffebe9;--unsurebg:#fff8c5;--seal:#116329;--tie:#8250df;--wire:#6e7781;--gate:#9a6700}
@media (prefers-color-scheme:dark){:root{--fg:#e6edf3;--dim:#9da7b3;--bg:#0d1117;--soft:#161b22;--line:#3d444d;--link:#79c0ff;--good:#56d364;--bad:#ff7b72;
--unsure:#e3b341;--goodbg:#12261e;--badbg:#2d1517;--unsurebg:#272115;--seal:#56d364;--tie:#d2a8ff;--wire:#8b949e;--gate:#e3b341}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 24px 80px}
h1{font-size:27px;line-height:1.25;margin:0 0 8px}
h2{font-size:20px;margin:44px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
h3{font-size:16px;margin:26px 0 8px}
p{margin:8px 0;max-width:78ch}
ul,ol{padding-left:22px;margin:8px 0}li{margin:4px 0;max-width:90ch}
.src{font-size:13px;overflow-wrap:anywhere}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{background:var(--soft);padding:1px 4px;border-radius:4px;overflow-wrap:anywhere}
pre{background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:10px 12px;overflow-x:auto}
pre code{background:none;padding:0}
ol pre{max-width:100%}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;padding:10px 0;margin-top:18px;border-top:1px solid var(--line);border-bottom:1px solid var(--line);font-size:14px}
.nb,td:first-child b,td:first-child .bad,td:first-child .unsure{white-space:nowrap}td code{overflow-wrap:break-word}.dim,.claim,.note{color:var(--dim)}.good{color:var(--good)}.bad{color:var(--bad)}.unsure{color:var(--unsure)}
.scroll{overflow-x:auto;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;background:var(--soft);white-space:nowrap}
th,td{padding:6px 10px;border:1px solid var(--line);vertical-align:top}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(235px,1fr));gap:12px;margin:16px 0}
.card{border:1px solid var(--line);border-left:5px solid var(--dim);border-radius:6px;padding:12px 14px;color:var(--fg);background:var(--bg)}
.card h3{margin:0;font-size:15px}.card p{margin:5px 0 0;font-size:13.5px}.card .answer{font-size:17px;font-weight:600}
.card.good{border-left-color:var(--good);background:var(--goodbg)}.card.good .answer{color:var(--good)}
.card.bad{border-left-color:var(--bad);background:var(--badbg)}.card.bad .answer{color:var(--bad)}
.card.unsure{border-left-color:var(--unsure);background:var(--unsurebg)}.card.unsure .answer{color:var(--unsure)}
details{border:1px solid var(--line);border-radius:6px;margin:8px 0}
summary{cursor:pointer;padding:8px 12px;background:var(--soft);border-radius:6px;overflow-wrap:anywhere}
details[open]>summary{border-bottom:1px solid var(--line);border-radius:6px 6px 0 0}
.in{padding:6px 14px 12px;min-width:0}
.in>h3:first-child{margin-top:8px}
.st{border-left:3px solid var(--good);padding:2px 0 2px 12px;margin:14px 0}
.st.deny{border-left-color:var(--bad)}
.st p{margin:2px 0;max-width:none}
.st .note{font-size:13.5px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 12px;margin:4px 0;font-size:14px}
dt{color:var(--dim)}dd{margin:0;min-width:0;overflow-wrap:anywhere}
figure{margin:14px 0;overflow-x:auto}
figure svg{display:block;width:100%;height:auto}
@media (max-width:700px){main{padding:18px 14px 60px}h1{font-size:22px}dl{grid-template-columns:minmax(0,1fr)}dt{margin-top:4px}
th,td{padding:5px 7px}}
@media print{:root{--fg:#000;--dim:#444;--bg:#fff;--soft:#f4f4f4;--line:#bbb;--link:#000;--good:#0a4d1e;--bad:#8c1d18;--unsure:#6b4800;
--goodbg:#fff;--badbg:#fff;--unsurebg:#fff;--seal:#0a4d1e;--tie:#5a32a3;--wire:#555;--gate:#6b4800}
@page{margin:14mm}body{font-size:10.5pt}main{max-width:none;padding:0}nav{display:none}
details>.in{display:block}details::details-content{content-visibility:visible;display:block}
summary{list-style:none}.card,.st,tr{break-inside:avoid}h2,h3,summary{break-after:avoid}pre{white-space:pre-wrap;overflow-wrap:anywhere}
th{white-space:normal}td:first-child{min-width:30mm}figure svg{min-width:0!important}.scroll,figure{overflow:visible}}
`
