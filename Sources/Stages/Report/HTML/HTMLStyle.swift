/// How the page looks: the one style sheet that its Content-Security-Policy lets in, by its hash.
enum HTMLStyle {
    /// SHA-256 of `sheet` in Base64; a test has the right one when the sheet changes.
    static let hash: StaticString = "xFh9CUSIRh61rCvYEc1q6tHfa6Yhv65tCGOV9WwHvr0="

    static let sheet: StaticString = """
        :root{color-scheme:light dark;--page:#fff;--ink:#1b2430;--muted:#556070;--line:#d5dbe3;--soft:#f2f5f8;\
        --accent:#1f3a5f;--good:#1b7340;--wait:#8a5200;--bad:#b3261e;--unknown:#6b3fa0;--neutral:#3b6ea8}
        @media (prefers-color-scheme:dark){:root{--page:#12171e;--ink:#e6eaf0;--muted:#a3aebd;--line:#333d4a;\
        --soft:#1b222c;--accent:#a9ccf3;--good:#6fce96;--wait:#f0b357;--bad:#ff8f86;--unknown:#cdb0ff;--neutral:#7aaae0}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:78rem;padding:1.5rem clamp(.9rem,3vw,2.5rem) 3rem;background:var(--page);\
        color:var(--ink);font:.94rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        h1{margin:0;font-size:1.6rem;line-height:1.2;color:var(--accent)}
        h2{margin:2.4rem 0 .3rem;font-size:1.15rem;color:var(--accent)}
        p{margin:.3rem 0}
        a{color:var(--accent)}
        .verdict{display:flex;flex-wrap:wrap;gap:.1rem 1rem;align-items:baseline;margin:.9rem 0 1rem;\
        padding:.7rem 1rem;border-radius:.4rem;color:var(--page)}
        .verdict strong{font-size:1.25rem;letter-spacing:.02em}
        .verdict.good{background:var(--good)}.verdict.wait{background:var(--wait)}
        .verdict.bad{background:var(--bad)}.verdict.unknown{background:var(--unknown)}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1.2rem;margin:0}
        dt{color:var(--muted)}
        dd{margin:0;overflow-wrap:anywhere}
        nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:1rem 0 0;padding:.5rem 0;list-style:none;\
        border-block:1px solid var(--line)}
        .note{color:var(--muted)}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 2.5rem;\
        align-items:start}
        .scroll{overflow-x:auto;margin:.5rem 0}
        .scroll:focus-visible{outline:2px solid var(--neutral)}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        .wide table{min-width:100%}
        caption{padding:.2rem 0;text-align:left;color:var(--muted)}
        th,td{padding:.28rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
        thead th{background:var(--soft);border-bottom:2px solid var(--line);font-weight:600;vertical-align:bottom}
        tbody th{font-weight:600;white-space:nowrap}
        tbody th[scope=rowgroup]{padding-top:.9rem;color:var(--accent)}
        tr.sum>*{border-top:2px solid var(--line);font-weight:600}
        th.n,td.n{text-align:right;white-space:nowrap}
        td.bad{color:var(--bad)}
        td.bar{vertical-align:middle}
        td.bar svg{width:7.5rem;height:.65rem}
        td.what{min-width:17rem;width:42%}
        tbody th.words{min-width:13rem;white-space:normal}
        td.hash{font:.8rem/1.6 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;min-width:16rem}
        .small{display:block;color:var(--muted);font-size:.85em;font-weight:400}
        .id{white-space:nowrap}
        .chip{margin-right:.4rem;padding:0 .4rem;border:1px solid currentColor;border-radius:.8rem;font-size:.82em;\
        font-weight:600;white-space:nowrap}
        .chip.bad{color:var(--bad)}.chip.wait{color:var(--wait)}.chip.neutral{color:var(--neutral)}
        figure{margin:.8rem 0;padding:.8rem;border:1px solid var(--line);border-radius:.4rem}
        figcaption{font-weight:600}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:0 1.2rem}
        svg{display:block;max-width:100%;height:auto}
        figure svg{width:100%;max-width:34rem}
        svg text{fill:var(--ink);font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;\
        font-variant-numeric:tabular-nums}
        svg .end{text-anchor:end}
        svg .axis{stroke:var(--muted);stroke-width:1}
        svg .step{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 2}
        rect.good{fill:var(--good)}rect.wait{fill:var(--wait)}rect.bad{fill:var(--bad)}\
        rect.unknown{fill:var(--unknown)}rect.neutral{fill:var(--neutral)}
        footer{margin-top:2.5rem;padding-top:.8rem;border-top:1px solid var(--line);color:var(--muted)}
        @media (max-width:40rem){body{font-size:.88rem}th,td{padding:.25rem .45rem}td.bar svg{width:3.5rem}}
        @page{size:A4 landscape;margin:12mm}
        @media print{:root{font-size:9pt;--page:#fff;--ink:#000;--muted:#444;--line:#bbb;--soft:#f2f5f8;--accent:#1f3a5f;\
        --good:#1b7340;--wait:#8a5200;--bad:#b3261e;--unknown:#6b3fa0;--neutral:#3b6ea8}
        body{max-width:none;padding:0;print-color-adjust:exact;-webkit-print-color-adjust:exact}
        nav{display:none}.scroll{overflow:visible}.pair{grid-template-columns:1fr 1fr}\
        .charts{grid-template-columns:repeat(3,1fr)}\
        h2{margin-top:1.2rem}th,td{padding:.12rem .5rem}h2,.note{break-after:avoid}caption{break-after:avoid}\
        tr,figure{break-inside:avoid}thead{display:table-header-group}td.what{min-width:0}}

        """
}
