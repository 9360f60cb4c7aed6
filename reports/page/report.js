// Brings the charts of a page to life. Each <figure data-chart> holds a picture that is complete
// without this script, and its data as JSON. Here the data is drawn again by dygraphs: values under
// the pointer, zoom by dragging (all charts over the same clock follow), a line hidden or shown by
// its legend entry. Where anything fails, the picture stays.
"use strict";
(() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const thin = "\u202f";
  const charts = [];

  // As the ticks of an axis in chart/axis.cc.
  const tickText = (value, high) => {
    const [unit, size] = high >= 2e9 ? [" G", 1e9] : high >= 1e6 ? [" M", 1e6] : ["", 1];
    return number(value / size) + (value === 0 ? "" : unit);
  };

  const number = (value) => {
    if (value === null || Number.isNaN(value)) return "–";
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e15 || size < 1e-6)) return value.toPrecision(4);
    let text = size >= 10000 ? value.toFixed(0) : String(Number(value.toPrecision(5)));
    let [whole, fraction] = text.replace("-", "").split(".");
    if (whole.length > 4) whole = whole.replace(/\B(?=(\d{3})+$)/g, thin);
    return (value < 0 ? "−" : "") + whole + (fraction ? "." + fraction : "");
  };

  const two = (value) => String(value).padStart(2, "0");
  const clock = (second, start, seconds) => {
    if (start === null) {
      if (second < 180) return number(second) + " s";
      const s = Math.floor(second);
      return Math.floor(s / 60) + ":" + two(s % 60);
    }
    const s = (((Math.floor(second) + start) % 86400) + 86400) % 86400;
    const text = two(Math.floor(s / 3600)) + ":" + two(Math.floor(s / 60) % 60);
    return seconds ? text + ":" + two(s % 60) : text;
  };

  // Positions as in chart/axis.cc.
  const toPosition = (scale, value) => {
    if (value === null) return null;
    if (scale === "log") return value > 0 ? Math.log10(value) : null;
    if (scale === "nines") return value < 1 ? -Math.log10(1 - value) : null;
    return value;
  };
  const fromPosition = (scale, position) =>
    scale === "log" ? 10 ** position : scale === "nines" ? 1 - 10 ** -position : position;

  const xText = (data, position) => {
    if (data.x.scale === "clock") return clock(position, data.x.start, true);
    if (data.x.scale === "nines") {
      const digits = Math.max(0, Math.ceil(position) - 1);
      return (100 * fromPosition("nines", position)).toFixed(digits) + " %";
    }
    return number(position);
  };

  const yText = (data, position) => {
    const value = fromPosition(data.y.scale, position);
    if (!data.y.durations) return number(value);
    const [unit, size] = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]]
      .find(([, least]) => value >= least) || ["ns", 1];
    return number(Number((value / size).toPrecision(4))) + " " + unit;
  };

  const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600,
    43200, 86400];
  const clockTicks = (low, high, start, width) => {
    const most = Math.max(2, width / 90);
    const step = clockSteps.find((s) => (high - low) / s <= most) || 86400;
    const origin = start === null ? 0 : start;
    const ticks = [];
    for (let t = Math.ceil((low + origin) / step) * step - origin; t <= high; t += step)
      ticks.push({ v: t, label: clock(t, start, step < 60) });
    return ticks;
  };

  // What is drawn later lies on top: recorded lines lie lowest, the first of the others highest.
  const drawingOrder = (lines) => {
    const recorded = lines.filter((line) => line.role === "recorded");
    return recorded.concat(lines.filter((line) => line.role !== "recorded").reverse());
  };

  // One row for every x of any line; null where a line has no point there (long lines are thinned,
  // each in its own way) and is drawn through, NaN where it has a gap. The last value of steps holds
  // as long as the one before it.
  const rowsOf = (data) => {
    const rows = new Map();
    data.lines.forEach((line, column) => {
      const xs = line.x || line.y.map((_, i) => line.x0 + i * line.dx);
      const n = xs.length;
      const ends = line.style === "step" && n > 1;
      (ends ? line.y.concat([line.y[n - 1]]) : line.y).forEach((y, i) => {
        const x = toPosition(data.x.scale, i < n ? xs[i] : 2 * xs[n - 1] - xs[n - 2]);
        if (x === null) return;
        let row = rows.get(x);
        if (!row) rows.set(x, row = [x].concat(new Array(data.lines.length).fill(null)));
        row[column + 1] = toPosition(data.y.scale, y) ?? NaN;
      });
    });
    return [...rows.values()].sort((a, b) => a[0] - b[0]);
  };

  const drawBands = (data) => (context, area, graph) => {
    context.save();
    context.fillStyle = css("--band");
    for (const band of data.bands) {
      const left = Math.max(area.x, graph.toDomXCoord(band.from));
      const right = Math.min(area.x + area.w, graph.toDomXCoord(band.to));
      if (right > left) context.fillRect(left, area.y, right - left, area.h);
    }
    for (const tick of data.ticks) {
      const at = Math.round(graph.toDomXCoord(tick.at)) + 0.5;
      if (at < area.x || at > area.x + area.w) continue;
      const through = tick.kind === "incident" || tick.kind === "playbook";
      context.strokeStyle = css(tick.kind === "incident" ? "--bad" : "--ink");
      context.setLineDash(through ? [4, 3] : []);
      context.beginPath();
      context.moveTo(at, area.y + area.h);
      context.lineTo(at, through ? area.y : area.y + area.h - 8);
      context.stroke();
    }
    context.restore();
  };

  // Names of bands and of cues, in order of time.
  const namesAbove = (data) =>
    data.bands.map(({ from, to, label }) => ({ from, to, label })).concat(
      data.ticks.filter((tick) => tick.label).map((tick) =>
        ({ from: tick.at, to: null, label: tick.label }))).sort((a, b) => a.from - b.from);

  const placeNames = (data, holder, graph) => {
    const area = graph.getArea();
    const labels = holder.querySelectorAll(".band-label");
    let free = 0;
    namesAbove(data).forEach(({ from, to }, i) => {
      const at = graph.toDomXCoord(from);
      const left = Math.max(area.x, at);
      const visible = left < area.x + area.w && left >= free &&
        (to === null ? at >= area.x : graph.toDomXCoord(to) > area.x) &&
        left + labels[i].offsetWidth <= area.x + area.w + 14;
      labels[i].style.visibility = visible ? "visible" : "hidden";
      labels[i].style.left = left + "px";
      if (visible) free = left + labels[i].offsetWidth + 8;
    });
  };

  // Charts over the same span of time follow each other; a chart of a part of it keeps its own.
  const sameSpan = (a, b) => a.data.x.scale === "clock" && b.data.x.scale === "clock" &&
    a.data.x.low === b.data.x.low && a.data.x.high === b.data.x.high;

  const follow = (source, isFirst) => {
    if (isFirst || follow.busy) return;
    follow.busy = true;
    const window = source.graph.xAxisRange();
    for (const other of charts)
      if (other !== source && sameSpan(source, other))
        other.graph.updateOptions({ dateWindow: window });
    follow.busy = false;
  };

  const options = (chart) => {
    const { data, legend, figure, holder } = chart;
    const line = {};
    data.lines.forEach((entry) => {
      line[entry.label] = {
        stepPlot: entry.style === "step",
        strokeWidth: entry.role === "recorded" ? 2.4 : entry.style === "points" ? 0 : 1.3,
        drawPoints: entry.style === "points",
        pointSize: entry.style === "points" ? 2.5 : 1,
        strokePattern: entry.role === "predicted" ? [6, 4] : null,
      };
    });
    const show = (event, x, points) => {
      figure.querySelector(".at").textContent = xText(data, x);
      const outputs = figure.querySelectorAll("output");
      outputs.forEach((output) => { output.textContent = ""; });
      for (const point of points) {
        const i = legend.findIndex((entry) => entry.label === point.name);
        const known = i >= 0 && point.yval !== null && !Number.isNaN(point.yval);
        if (known) outputs[i].textContent = yText(data, point.yval);
      }
    };
    const hide = () => {
      figure.querySelector(".at").textContent = "";
      figure.querySelectorAll("output").forEach((output) => { output.textContent = ""; });
    };
    return {
      labels: ["x"].concat(data.lines.map((entry) => entry.label)),
      series: line,
      colors: data.lines.map((entry) => css(entry.colour)),
      legend: "never",
      connectSeparatedPoints: true,
      dateWindow: [data.x.low, data.x.high],
      valueRange: [data.y.low, data.y.high],
      gridLineColor: css("--grid"), axisLineColor: css("--faint"), gridLineWidth: 1,
      highlightCircleSize: 3, rightGap: 0, titleHeight: 0, xRangePad: 0,
      axes: {
        x: {
          drawGrid: false, axisLabelWidth: 90, axisLabelFontSize: 12,
          ticker: (low, high, pixels) => data.x.scale === "clock"
            ? clockTicks(low, high, data.x.start, pixels)
            : data.x.ticks.map(([v, label]) => ({ v, label })),
        },
        y: {
          axisLabelWidth: 58, axisLabelFontSize: 12, drawAxis: true,
          axisLabelFormatter: (value) => tickText(value, data.y.high),
          ...(data.y.scale === "log"
            ? { ticker: () => data.y.ticks.map(([v, label]) => ({ v, label })) } : {}),
        },
      },
      underlayCallback: drawBands(data),
      highlightCallback: show,
      unhighlightCallback: hide,
      drawCallback: (graph, isFirst) => {
        chart.graph = graph;
        placeNames(data, holder, graph);
        follow(chart, isFirst);
      },
    };
  };

  const labelled = (holder, text, name) => {
    const label = document.createElement("div");
    label.className = name;
    label.textContent = text;
    holder.append(label);
  };

  const enliven = (figure) => {
    const data = JSON.parse(figure.querySelector("script").textContent);
    const legend = data.lines;
    data.lines = drawingOrder(legend);
    const holder = document.createElement("div");
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    holder.append(canvas);
    labelled(holder, data.y.unit, "unit-label");
    namesAbove(data).forEach(({ label }) => labelled(holder, label, "band-label"));
    figure.querySelector(".plot").after(holder);
    holder.classList.add("canvas-holder");
    const chart = { data, legend, figure, holder, graph: null };
    figure.classList.add("live");
    try {
      chart.graph = new Dygraph(canvas, rowsOf(data), options(chart));
    } catch (error) {
      figure.classList.remove("live");
      holder.remove();
      throw error;
    }
    charts.push(chart);
    figure.querySelectorAll(".legend button").forEach((button, i) => {
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        chart.graph.setVisibility(data.lines.indexOf(legend[i]), on);
      });
    });
  };

  // The value under the pointer, read from the colour of the picture: each pixel of the image is a
  // cell, and each of its colours a step of the scale (heat/colours.h).
  const readHeat = async (figure) => {
    const data = JSON.parse(figure.querySelector("script").textContent);
    const svg = figure.querySelector(".plot svg");
    const image = new Image();
    image.src = svg.querySelector("image").href.baseVal;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    if (canvas.width !== data.columns || canvas.height !== data.rows.length)
      throw new Error("the picture has other cells than its data");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const steps = new Map();
    for (let i = 0; i * 6 < data.colours.length; ++i)
      steps.set(parseInt(data.colours.slice(i * 6, i * 6 + 6), 16), i);
    const last = steps.size - 1;
    const valueOf = (red, green, blue, alpha) => {
      const step = steps.get((red << 16) | (green << 8) | blue);
      if (alpha === 0 || step === undefined) return null;
      const low = toPosition(data.scale, data.coldest), high = toPosition(data.scale, data.hottest);
      return fromPosition(data.scale, low + (step / last) * (high - low));
    };
    const step = (data.hottest - data.coldest) / last;
    const decimals = Math.min(12, Math.max(0, Math.ceil(-Math.log10(step))));
    const rounded = (value) => number(Number(
      data.scale === "log" ? value.toPrecision(2) : value.toFixed(decimals)));
    // What stands at this share of the width and of the height of the picture.
    const textAt = (across, down) => {
      const [left, right, top, bottom] = data.frame;
      const row = Math.floor((down - top) / (bottom - top) * data.rows.length);
      const x = data.low + (across - left) / (right - left) * (data.high - data.low);
      const column = Math.floor((x - data.first) / data.width);
      if (!(row >= 0 && row < data.rows.length && column >= 0 && column < data.columns)) return "";
      const value = valueOf(...context.getImageData(column, row, 1, 1).data);
      const from = data.first + column * data.width;
      return data.rows[row] + ", " + clock(from, data.start, true) + " to " +
        clock(from + data.width, data.start, true) + ": " +
        (value === null ? "nothing measured" : "about " + (rounded(value) + " " + data.unit).trim());
    };
    const output = figure.querySelector(".scale output");
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      output.textContent = textAt((event.clientX - box.left) / box.width,
        (event.clientY - box.top) / box.height);
    });
    svg.addEventListener("pointerleave", () => { output.textContent = ""; });
    figure.dataset.reads = textAt((data.frame[0] + data.frame[1]) / 2,
      data.frame[2] + (data.frame[3] - data.frame[2]) * 0.5 / data.rows.length);
  };

  const recolour = () => {
    for (const { graph, data } of charts)
      graph.updateOptions({
        colors: data.lines.map((entry) => css(entry.colour)),
        gridLineColor: css("--grid"), axisLineColor: css("--faint"),
      });
  };

  // What a cell is worth in an order: "12 345 (3 %)" is 12345, "1.2 ms" is more than "900 µs".
  const scales = { "ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "GB": 1e9, "MB": 1e6, "kB": 1e3 };
  const worth = (cell) => {
    const text = cell ? cell.textContent.replace(/[\u202f\u00a0]/g, "").trim() : "";
    const parts = /^([-+−]?[\d.]+(?:e[-+]?\d+)?)\s*(\S*)/.exec(text);
    if (!parts) return { number: -Infinity, text };
    return { number: Number(parts[1].replace("−", "-")) * (scales[parts[2]] || 1), text };
  };
  const sortBy = (table, head, column) => {
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, key: worth(row.cells[column]) }));
    rows.sort((a, b) => {
      const order = a.key.number - b.key.number || a.key.text.localeCompare(b.key.text);
      return down ? -order || 0 : order;
    });
    table.tBodies[0].append(...rows.map((entry) => entry.row));
  };
  for (const table of document.querySelectorAll("table[data-sorts]"))
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (head.textContent === "") return;
      head.className += " sorts";
      head.addEventListener("click", () => sortBy(table, head, column));
    });

  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    try {
      enliven(figure);
    } catch (error) {
      console.error("chart " + figure.id + " stays a picture:", error);
    }
  }
  for (const figure of document.querySelectorAll("figure[data-heat]"))
    readHeat(figure).catch((error) => {
      console.error("heat map " + figure.id + " tells no values:", error);
    });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  document.documentElement.classList.toggle("interactive", charts.length > 0);
  document.documentElement.dataset.liveCharts = String(charts.length);
})();
