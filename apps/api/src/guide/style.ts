/** `/guide/style.css`: of the guide's pages, in light and in dark, from a phone's width on. */
export const style = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--quiet:#59636e;--line:#d1d9e0;--shade:#f3f5f7;--link:#0a58ca;--mark:#fff3bf}
@media (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e6e8eb;--quiet:#a3adb8;--line:#3a424b;--shade:#20252b;--link:#7db4ff;--mark:#4d4520}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem;padding:.5rem 1rem;background:var(--paper)}
.skip:focus{left:0;top:0;z-index:1}
header{display:flex;gap:1.5rem;align-items:baseline;padding:.75rem 1.25rem;border-bottom:1px solid var(--line)}
header .brand{font-weight:700;color:var(--ink);text-decoration:none}
.columns{display:grid;grid-template-columns:15rem minmax(0,1fr);max-width:76rem;margin:0 auto}
.side{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:1rem 1.25rem 3rem}
nav p{margin:1rem 0 .25rem;font-size:.8rem;font-weight:600;color:var(--quiet);text-transform:uppercase;letter-spacing:.04em}
nav ul{list-style:none;margin:0;padding:0}
nav ul ul{margin:.15rem 0 .5rem;padding-left:.75rem;border-left:1px solid var(--line);font-size:.875rem}
nav li a{display:block;padding:.15rem 0;color:var(--ink);text-decoration:none;overflow-wrap:anywhere}
nav li a:hover,header a:hover{text-decoration:underline}
nav a[aria-current]{font-weight:600;color:var(--link)}
.menu{display:none;border-bottom:1px solid var(--line);padding:.5rem 1.25rem}
.menu summary{cursor:pointer;padding:.35rem 0}
main{padding:.5rem 1.25rem 4rem;max-width:52rem;min-width:0;overflow-wrap:break-word}
main:focus{outline:none}
h1{font-size:1.9rem;line-height:1.2}
h2{margin-top:2.5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{margin-top:2rem}
h1,h2,h3,h4{overflow-wrap:anywhere}
.anchor{margin-left:.4em;color:var(--quiet);text-decoration:none;opacity:0}
:hover>.anchor{opacity:1}
:target{background:var(--mark)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.9em;background:var(--shade);border-radius:4px}
code{padding:.1em .3em;overflow-wrap:anywhere}
pre{padding:.8rem 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
pre code{padding:0;background:none;font-size:1em}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-size:.875rem}
.wide{overflow-x:auto}
.wide code{overflow-wrap:normal}
img{max-width:100%;height:auto;border:1px solid var(--line);border-radius:6px}
dl{display:grid;grid-template-columns:10rem 1fr;gap:.25rem 1rem}
dd{margin:0;color:var(--quiet)}
blockquote{margin-left:0;padding-left:1rem;border-left:3px solid var(--line);color:var(--quiet)}
.neighbours{display:flex;justify-content:space-between;gap:1rem;margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line)}
@media (min-width:60rem){td code{overflow-wrap:break-word}}
@media (max-width:60rem){
.columns{display:block}.side{display:none}.menu{display:block}main{max-width:none}dl{display:block}dd{margin-bottom:.5rem}
}
@media print{header,.menu,.side,.neighbours,.anchor,.skip{display:none}.columns{display:block}}
`.trimStart();
