// Follows a run: asks /state once a second for what is new, and shows it. Where the monitor does
// not answer, what was seen stays, the page says so and goes on asking. A monitor that began anew
// begins a new page.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const kept = 900;    // seconds
  const again = 20;    // seconds that are asked for again: late reports change them
  const quiet = 15;    // seconds without a new one, and the run is called quiet

  const charts = [
    { id: "requests", title: "Requests and answers", unit: "per second", wide: true, lines: [
      ["client.requests", "sent by clients", 1], ["server.requests", "read by the server", 2],
      ["client.responses", "answers read by clients", 3]] },
    { id: "connections", title: "Connections", unit: "open", lines: [
      ["client.connections", "at the clients", 1], ["server.connections", "at the server", 2]] },
    { id: "refusals", title: "Refused, dropped, lost, skipped", unit: "per second", lines: [
      ["client.refused", "refused", 2], ["server.dropped", "dropped", 4],
      ["client.lost", "lost", 5], ["client.not-sent", "skipped by clients", 8]] },
    { id: "packets", title: "Red packets", unit: "per second", lines: [
      ["packets.issued", "issued", 2], ["packets.received", "received", 1],
      ["packets.sent-issued", "sent packets issued", 7],
      ["packets.shares-opened", "shares opened", 3]] },
    { id: "latency", title: "Latency from the intended instant", unit: "ms", log: true, lines: [
      ["client.latency-max", "largest", 8], ["client.latency-p99", "p99", 2],
      ["client.latency-p50", "median", 1]] },
  ];

  let began = null;         // of the monitor whose values these are
  let names = [];
  const values = new Map();  // second -> {name: value or null}
  let seconds = [];
  let span = 300;
  let held = false;
  let last = null;           // newest answer
  let missed = 0;            // questions without an answer, one after the other

  // --- Text --------------------------------------------------------------------------------------

  const thin = "\u202f";
  const number = (value) => {
    if (value === null || value === undefined) return "–";
    const text = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
    const [whole, fraction] = text.split(".");
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, thin) : whole;
    return fraction ? grouped + "." + fraction : grouped;
  };
  const milliseconds = (value) => value === null || value === undefined ? "–"
    : value >= 1000 ? number(value / 1000) + " s" : number(value) + " ms";
  const two = (value) => String(value).padStart(2, "0");
  const clock = (second) => {
    const at = new Date(second * 1000);
    return two(at.getHours()) + ":" + two(at.getMinutes()) + ":" + two(at.getSeconds());
  };
  const counted = (count, one, many) => number(count) + " " + (count === 1 ? one : many);

  const element = (tag, name, ...inside) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...inside);
    return made;
  };

  // --- Header ------------------------------------------------------------------------------------

  const say = (tone, text, running) => {
    const status = $("status");
    status.className = "tone-" + tone + (running ? " running" : "");
    const words = status.querySelector("span");
    if (words.textContent !== text) words.textContent = text;
    document.documentElement.dataset.state = tone;
  };

  const ended = () => last !== null && last.newest !== null && last.streams.open === 0;

  const showStatus = () => {
    if (missed > 2 || last === null) {
      if (missed > 2 && ended())
        say("plain", "Ended, and the monitor with it; what was seen stays");
      else if (missed > 2)
        say("bad", last === null ? "The monitor does not answer; trying again"
          : "The monitor does not answer; what was seen stays, trying again");
      return;
    }
    const { newest, now, processes } = last;
    const told = counted(processes.client, "client process", "client processes") + ", " +
      counted(processes.server, "server process", "server processes");
    if (newest === null) say("plain", "Waiting for the first report");
    else if (ended()) say("plain", "Ended: no process reports any more");
    else if (now - newest > quiet) say("warn", "Quiet: no report is newer than " + clock(newest));
    else say("good", "Running", true);
    $("detail").textContent = told + (newest === null ? "" : "; newest second " + clock(newest));
  };

  // --- Figures -----------------------------------------------------------------------------------

  const tiles = [
    ["Requests", (v) => [number(v["client.requests"] ?? v["server.requests"]) + "/s",
      v["server.requests"] === null ? "" : "server " + number(v["server.requests"]) + "/s"]],
    ["Answers", (v) => [number(v["client.responses"] ?? v["server.responses"]) + "/s",
      number(last.totals["client.responses"]) + " in all"]],
    ["Connections", (v) => [number(v["client.connections"] || v["server.connections"]),
      v["server.logins"] === null ? "" : "logins " + number(v["server.logins"]) + "/s"]],
    ["Refused", (v) => [number(v["client.refused"] ?? v["server.refused"]) + "/s",
      number(last.totals["client.refused"]) + " in all"]],
    ["Packets received", (v) => [number(v["packets.received"]) + "/s",
      number(last.totals["packets.received"]) + " of " + number(last.totals["packets.issued"])]],
    ["Latency, median", (v) => [milliseconds(v["client.latency-p50"]), ""]],
    ["Latency, p99", (v) => [milliseconds(v["client.latency-p99"]),
      v["client.latency-max"] === null ? "" : "largest " + milliseconds(v["client.latency-max"])]],
  ].map(([name, text]) => {
    const tile = document.createElement("div");
    const value = document.createElement("dd");
    const small = document.createElement("small");
    tile.append(Object.assign(document.createElement("dt"), { textContent: name }), value);
    value.append(document.createTextNode("–"), small);
    $("glance").append(tile);
    return { text, value: value.firstChild, small };
  });

  const showFigures = () => {
    const second = values.get(seconds[seconds.length - 1]);
    for (const tile of tiles) {
      const [value, small] = second ? tile.text(second) : ["–", ""];
      tile.value.data = value;
      tile.small.textContent = small;
    }
    const { reports, streams } = last;
    $("reports").textContent = counted(reports.taken, "report", "reports") + ", " +
      number(reports.late) + " late, " + number(reports.missing) + " missing; " +
      counted(streams.malformed, "stream", "streams") + " malformed" +
      (streams.last_fault ? " (" + streams.last_fault + ")" : "") + ".";
  };

  const columns = ["client.requests", "server.requests", "client.responses", "client.refused",
    "server.connections", "packets.issued", "packets.received", "client.latency-p99"];
  const showTable = () => {
    if (!$("table").open) return;
    const table = $("table").querySelector("table");
    const cell = (tag, text, numeric) => {
      const made = element(tag, numeric ? "n" : "");
      made.textContent = text;
      return made;
    };
    const row = (cells) => {
      const tr = document.createElement("tr");
      tr.append(...cells);
      return tr;
    };
    const head = row([cell("th", "clock", false)].concat(columns.map((name) =>
      cell("th", name + " (" + (last.quantities[name] || { unit: "" }).unit + ")", true))));
    const rows = seconds.slice(-12).reverse().map((second) => row([cell("td", clock(second), false)]
      .concat(columns.map((name) => cell("td", number(values.get(second)[name]), true)))));
    table.replaceChildren(head, ...rows);
  };

  // --- Charts ------------------------------------------------------------------------------------

  // Zero has no place on a logarithmic axis.
  const row = (chart, second) => {
    const at = values.get(second);
    return [new Date(second * 1000)].concat(chart.lines.map(([name]) => {
      const value = at ? at[name] : null;
      return value === undefined || value === null || (chart.log && value <= 0) ? null : value;
    }));
  };

  // A row of nothing after a second that has no next one, so that no line bridges what is unknown.
  const rows = (chart) => {
    const list = [];
    seconds.forEach((second, i) => {
      list.push(row(chart, second));
      if (i + 1 < seconds.length && seconds[i + 1] > second + 1) list.push(row(chart, second + 1));
    });
    return list.length ? list : [row(chart, Math.floor(Date.now() / 1000))];
  };

  const colours = (chart) => chart.lines.map(([, , colour]) => css("--line-" + colour));

  const clockLabels = { axisLabelFormatter: (date) => {
    const text = clock(date / 1000);
    return text.endsWith(":00") ? text.slice(0, 5) : text;
  } };

  const logTicks = (low, high) => {
    const ticks = [];
    if (!(low > 0 && high < Infinity)) return ticks;  // nothing is drawn yet
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; ++power) {
      ticks.push({ v: 10 ** power, label: number(10 ** power) });
      for (let i = 2; i < 10; ++i) {
        const v = i * 10 ** power;
        ticks.push({ v, label: i === 2 || i === 5 ? number(v) : "" });
      }
    }
    const decades = ticks.filter((tick) => tick.v >= low && tick.v <= high &&
      Number.isInteger(Math.round(1e6 * Math.log10(tick.v)) / 1e6)).length;
    if (decades > 2) ticks.forEach((tick, i) => { if (i % 9 !== 0) tick.label = ""; });
    return ticks;
  };

  // Of a logarithmic axis: all that is shown, with some air. Others find theirs by themselves.
  const range = (chart, newest) => {
    if (!chart.log) return null;
    const shown = seconds.filter((second) => second >= newest - span).flatMap((second) =>
      chart.lines.map(([name]) => values.get(second)[name]).filter((value) => value > 0));
    return shown.length ? [Math.min(...shown) / 1.6, Math.max(...shown) * 1.6] : [0.1, 1000];
  };

  const make = (chart) => {
    const canvas = element("div", "canvas");
    const legend = element("ul", "legend");
    chart.outputs = chart.lines.map(([, label, colour], i) => {
      const swatch = element("i");
      swatch.style.setProperty("--swatch", "var(--line-" + colour + ")");
      const output = element("output");
      const button = element("button", "", swatch, label, output);
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        chart.graph.setVisibility(i, on);
      });
      legend.append(element("li", "", button));
      return output;
    });
    chart.at = element("li", "at");
    legend.append(chart.at);
    const unit = element("div", "unit-label", chart.unit);
    const nothing = element("p", "nothing", "Nobody has reported this yet.");
    const holder = element("div", "canvas-holder", canvas, unit, nothing);
    chart.figure = element("figure", "live silent" + (chart.wide ? " wide" : ""),
      element("figcaption", "", element("h3", "", chart.title)), legend, holder);
    chart.figure.id = chart.id;
    canvas.setAttribute("role", "img");
    chart.canvas = canvas;
    $("charts").append(chart.figure);
    chart.graph = new Dygraph(canvas, rows(chart), {
      labels: ["x"].concat(chart.lines.map(([, label]) => label)),
      colors: colours(chart), legend: "never", strokeWidth: 1.5, logscale: Boolean(chart.log),
      includeZero: !chart.log, valueRange: range(chart, 0),
      gridLineColor: css("--grid"), axisLineColor: css("--faint"),
      highlightCircleSize: 3, rightGap: 2, xRangePad: 0, drawGapEdgePoints: true,
      interactionModel: {
        mousedown() {}, touchstart() {}, touchmove() {}, touchend() {},
      },
      axes: {
        x: { drawGrid: false, axisLabelWidth: 64, axisLabelFontSize: 12, ...clockLabels },
        y: { axisLabelWidth: 52, axisLabelFontSize: 12, axisLabelFormatter: (v) => number(v),
          ...(chart.log ? { ticker: logTicks } : {}) },
      },
      highlightCallback: (event, x, points) => {
        chart.pointed = true;
        chart.at.textContent = clock(x / 1000);
        chart.lines.forEach(([, label], i) => {
          const point = points.find((entry) => entry.name === label);
          chart.outputs[i].textContent = point ? number(point.yval) : "";
        });
      },
      unhighlightCallback: () => { chart.pointed = false; showNewest(chart); },
    });
  };

  const showNewest = (chart) => {
    const newest = values.get(seconds[seconds.length - 1]) || {};
    chart.at.textContent = "";
    chart.lines.forEach(([name], i) => { chart.outputs[i].textContent = number(newest[name]); });
  };

  const describe = (chart) => {
    const newest = values.get(seconds[seconds.length - 1]) || {};
    chart.canvas.setAttribute("aria-label", chart.title + ", " + chart.unit + ", the last " +
      span / 60 + " min; newest: " +
      chart.lines.map(([name, label]) => label + " " + number(newest[name])).join(", "));
  };

  const draw = () => {
    const newest = seconds.length ? seconds[seconds.length - 1] : Math.floor(Date.now() / 1000);
    for (const chart of charts) {
      const told = chart.lines.map(([name]) =>
        seconds.some((second) => values.get(second)[name] !== null));
      const full = chart.lines.some(([name], i) => told[i] && (!/connections/.test(name) ||
        seconds.some((second) => values.get(second)[name] > 0)));
      chart.figure.classList.toggle("silent", !full);
      chart.graph.updateOptions({
        file: rows(chart), valueRange: range(chart, newest),
        dateWindow: [(newest - span) * 1000, newest * 1000] });
      if (!chart.pointed) showNewest(chart);
      describe(chart);
    }
    document.documentElement.dataset.drawn = String(newest);
  };

  // --- Following ---------------------------------------------------------------------------------

  const take = (state) => {
    if (began !== state.began) {
      began = state.began;
      values.clear();
    }
    names = Object.keys(state.values);
    state.seconds.forEach((second, i) => {
      values.set(second, Object.fromEntries(names.map((name) => [name, state.values[name][i]])));
    });
    seconds = [...values.keys()].sort((a, b) => a - b);
    const oldest = seconds.length ? seconds[seconds.length - 1] - kept : 0;
    for (const second of seconds) if (second < oldest) values.delete(second);
    seconds = seconds.filter((second) => second >= oldest);
    last = state;
    document.title = state.title + " – live";
    $("title").textContent = state.title;
  };

  const ask = async () => {
    const newest = seconds.length ? seconds[seconds.length - 1] : 0;
    const control = new AbortController();
    const impatience = setTimeout(() => control.abort(), 3000);
    try {
      const answer = await fetch("state?after=" + Math.max(0, newest - again),
        { cache: "no-store", signal: control.signal });
      if (!answer.ok) throw new Error("status " + answer.status);
      const state = await answer.json();
      missed = 0;
      if (began !== null && state.began !== began && newest > 0) {
        seconds = [];
        values.clear();
        began = null;
        return ask();  // anew, from its beginning
      }
      if (!held) take(state);
    } catch {
      ++missed;
    } finally {
      clearTimeout(impatience);
    }
    showStatus();
    if (!held && last !== null && missed === 0) {
      showFigures();
      showTable();
      draw();
    }
  };

  const follow = async () => {
    await ask();
    setTimeout(follow, document.hidden ? 5000 : 1000);
  };

  // --- Controls ----------------------------------------------------------------------------------

  for (const button of document.querySelectorAll("[data-span]"))
    button.addEventListener("click", () => {
      span = Number(button.dataset.span);
      for (const other of document.querySelectorAll("[data-span]"))
        other.setAttribute("aria-pressed", String(other === button));
      draw();
    });
  $("pause").addEventListener("click", () => {
    held = !held;
    $("pause").setAttribute("aria-pressed", String(held));
    $("pause").textContent = held ? "Held" : "Hold";
  });
  $("table").addEventListener("toggle", () => { if (last !== null) showTable(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const chart of charts)
      chart.graph.updateOptions({ colors: colours(chart), gridLineColor: css("--grid"),
        axisLineColor: css("--faint") });
  });

  charts.forEach(make);
  follow();
})();
