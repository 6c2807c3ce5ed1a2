// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/style.hpp"

namespace mml::render {

std::string colours() {
    return R"(
:root { color-scheme: light dark;
  --background: #ffffff; --panel: #f5f6f8; --text: #1c1e21; --quiet: #55595f; --line: #8a9099; --grid: #e3e5e9;
  --better: #14562e; --better-panel: #e6f4ea; --uncertain: #6b3a00; --uncertain-panel: #fff3dc;
  --worse: #8c1d23; --worse-panel: #fdebec;
  --series-1: #1d5fa8; --series-2: #b3470a; --series-3: #1a7a4c; --series-4: #8a3ea8; --series-5: #6b6b00; --series-6: #a3245f }
@media (prefers-color-scheme: dark) { :root {
  --background: #14171a; --panel: #1e2226; --text: #e6e8ea; --quiet: #a8adb4; --line: #7b828b; --grid: #2c3137;
  --better: #8fdcaa; --better-panel: #14301f; --uncertain: #f3c27a; --uncertain-panel: #33270f;
  --worse: #ffa3a3; --worse-panel: #3a1a1c;
  --series-1: #7db4f0; --series-2: #ff9e5e; --series-3: #69d29b; --series-4: #d39bf0; --series-5: #d4d45a; --series-6: #ff8fbf } }
@media print { :root { color-scheme: light;
  --background: #ffffff; --panel: #ffffff; --text: #000000; --quiet: #3a3d42; --line: #8a9099; --grid: #e3e5e9;
  --better: #000000; --better-panel: #ffffff; --uncertain: #000000; --uncertain-panel: #ffffff;
  --worse: #000000; --worse-panel: #ffffff;
  --series-1: #1d5fa8; --series-2: #b3470a; --series-3: #1a7a4c; --series-4: #8a3ea8; --series-5: #6b6b00; --series-6: #a3245f } }
)";
}

std::string chart_style() {
    return R"(
.chart .label { fill: var(--text); font: 12px system-ui, sans-serif }
.chart .count { font-weight: 600; font-size: 13px }
.chart .axis { stroke: var(--line) }
.chart .grid { stroke: var(--grid) }
.chart .bar { fill: var(--line); fill-opacity: .4 }
.chart .line { fill: none; stroke-width: 2; stroke-linejoin: round }
.chart .thin { stroke-width: 1.2; stroke-opacity: .75 }
.chart .reference { stroke: var(--line); stroke-width: 1.5; stroke-dasharray: 2 4 }
.chart .dashed { stroke-dasharray: 6 3 }
.chart .right { fill: var(--series-1) }
.chart .wrong { fill: var(--series-2) }
.chart .line.series-1 { stroke: var(--series-1) }
.chart .line.series-2 { stroke: var(--series-2) }
.chart .line.series-3 { stroke: var(--series-3) }
.chart .line.series-4 { stroke: var(--series-4) }
.chart .line.series-5 { stroke: var(--series-5) }
.chart .line.series-6 { stroke: var(--series-6) }
.chart .dash-2 { stroke-dasharray: 8 3 }
.chart .dash-3 { stroke-dasharray: 4 3 }
.chart .dash-4 { stroke-dasharray: 8 3 2 3 }
.chart .dash-5 { stroke-dasharray: 12 4 }
.chart .dash-6 { stroke-dasharray: 2 2 }
.chart .dot { fill: var(--series-1) }
)";
}

std::string page_style() {
    return R"(
* { box-sizing: border-box }
body { margin: 0; background: var(--background); color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1rem 3rem }
h1, h2, h3 { line-height: 1.25; margin: 0 }
h1 { font-size: 1.5rem }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem }
h3 { font-size: 1rem }
p { margin: .4rem 0 }
ul { margin: .4rem 0; padding-left: 1.3rem }
.quiet, figcaption { color: var(--quiet); font-size: .875rem }
.verdict { padding: 1.1rem 1.25rem; border: 1px solid; border-left-width: .5rem; border-radius: .4rem; margin: 1rem 0 }
.verdict h1 { margin-bottom: .6rem }
.verdict p, .verdict li { color: var(--text) }
.better { color: var(--better); background: var(--better-panel) }
.uncertain { color: var(--uncertain); background: var(--uncertain-panel) }
.worse { color: var(--worse); background: var(--worse-panel) }
table { border-collapse: collapse; width: 100%; font-size: .9375rem }
caption { text-align: left; color: var(--quiet); font-size: .875rem; padding-bottom: .4rem }
th, td { padding: .45rem .6rem; border-bottom: 1px solid var(--grid); text-align: right; vertical-align: top; font-variant-numeric: tabular-nums }
td, thead th { overflow-wrap: normal }
td span { white-space: nowrap }
th:first-child { text-align: left }
thead th { border-bottom-color: var(--line); vertical-align: bottom }
tbody th { font-weight: 600 }
tbody th span, td span { display: block; font-weight: 400; color: var(--quiet); font-size: .8125rem }
.charts { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)) }
figure { margin: 0; padding: 1rem; background: var(--panel); border-radius: .4rem; break-inside: avoid }
figure h3 { margin-bottom: .5rem }
.chart { display: block; width: 100%; max-width: 32rem; height: auto }
dl { display: grid; gap: .15rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); margin: .4rem 0; font-size: .875rem }
dl div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid var(--grid) }
dt { color: var(--quiet) }
dd { margin: 0; text-align: right }
@media (max-width: 36rem) { th, td { padding: .4rem .3rem; font-size: .8125rem } .verdict { padding: .9rem } h1 { font-size: 1.25rem } figure { padding: .75rem } }
@media print { body { font-size: 11pt } main { max-width: none; padding: 0 } .charts { grid-template-columns: 1fr 1fr } figure { border: 1px solid var(--grid) } tr, .verdict { break-inside: avoid } h2 { break-after: avoid } }
)";
}

}  // namespace mml::render
