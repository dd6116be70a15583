"use strict";
(() => {
  const WIDTH = 172, HEIGHT = 34, LOW = 20, GAP = 10, CLOSE = 3, PAD = 8, HEAD = 18, FORK = 16, DOT = 9, STEM = 6, ROW = 30, LANE = 12;
  const whole = (item) => typeof item === "number";

  /* Where parts stand, by the rules of netspec.render.drawing.layout; `open(part)` tells what is unfolded. */
  globalThis.netspec.layout = (root, low, open) => {
    const found = { boxes: [], frames: [], joins: [], names: [], lines: [] }, sizes = new Map();
    const most = (values) => Math.max(0, ...values);
    const sum = (values) => values.reduce((a, b) => a + b, 0);
    const gap = (item) => (whole(item) && low(item) ? CLOSE : GAP);
    const size = (item) => {
      if (whole(item)) return [WIDTH, low(item) ? LOW : HEIGHT];
      if (!sizes.has(item)) sizes.set(item, sized(item));
      return sizes.get(item);
    };
    function sized(part) {
      if (!open(part)) return [WIDTH, HEIGHT];
      const each = part.items.map(size);
      let width, height;
      if (part.way === "wired") {
        const [, ys, wide] = grid(part);
        [width, height] = [wide, ys[ys.length - 1][0]];
      } else if (part.way === "beside") {
        width = sum(each.map(([w]) => w)) + 2 * GAP * (each.length - 1);
        height = most(each.map(([, h]) => h)) + 2 * FORK + 2 * DOT;
      } else {
        width = each.length ? most(each.map(([w]) => w)) : 2 * GAP;
        height = sum(each.map(([, h]) => h)) + sum(part.items.slice(1).map(gap));
      }
      return part.label ? [width + 2 * PAD, height + HEAD + 2 * PAD] : [width, height];
    }
    function grid(part) {
      const { places, lanes } = part.grid;
      const columns = 1 + Math.max(...places.map((place) => place[1]), ...lanes.map((lane) => lane[0] - 1));
      const widths = Array(columns).fill(0), heights = Array(1 + Math.max(...places.map((place) => place[0]))).fill(0);
      places.forEach(([row, column], i) => {
        const [width, height] = size(part.items[i]);
        widths[column] = Math.max(widths[column], width, 2 * DOT);
        heights[row] = Math.max(heights[row], height + (part.joins[i] ? 2 * DOT + STEM : 0));
      });
      const slots = Array.from({ length: columns + 1 }, (_, c) => most(lanes.filter((lane) => lane[0] === c).map((lane) => lane[1] + 1)));
      const xs = [], ys = [];
      let x = 0, y = ROW;
      widths.forEach((width, c) => {
        x += LANE * slots[c] + (c ? GAP : 0);
        xs.push([x, width]);
        x += width;
      });
      xs.push([x + GAP + LANE * slots[columns], 0]);
      for (const height of heights) {
        ys.push([y, height]);
        y += height + ROW;
      }
      ys.push([y, 0]);
      return [xs, ys, slots[columns] ? xs[xs.length - 1][0] : x];
    }
    const line = (x, y, to) => { if (y !== to) found.lines.push(`M${x} ${y}V${to}`); };
    const curve = (x, y, to, end) => {
      const half = (y + end) / 2;
      if (x === to) line(x, y, end); else found.lines.push(`M${x} ${y}C${x} ${half} ${to} ${half} ${to} ${end}`);
    };
    function put(item, x, y) {
      let [width, height] = size(item);
      if (whole(item) || !open(item)) {
        found.boxes.push({ x, y, height, item });
        return;
      }
      const middle = x + width / 2;
      if (item.label) {
        found.frames.push({ x, y, width, height, part: item });
        line(middle, y, y + HEAD + PAD);
        line(middle, y + height - PAD, y + height);
        [x, y, height] = [x + PAD, y + HEAD + PAD, height - HEAD - 2 * PAD];
      }
      if (item.way === "wired") wired(item, x, y, middle, y + height);
      else if (item.way === "beside") beside(item, x, y, middle, y + height);
      else {
        if (!item.items.length) line(middle, y, y + height);
        item.items.forEach((one, i) => {
          const [w, h] = size(one);
          if (i) {
            line(middle, y, y + gap(one));
            y += gap(one);
          }
          put(one, middle - w / 2, y);
          y += h;
        });
      }
    }
    function beside(part, x, y, middle, end) {
      const low = end - 2 * DOT - FORK;
      for (const one of part.items) {
        const [w, h] = size(one), at = x + w / 2;
        curve(middle, y, at, y + FORK);
        put(one, x, y + FORK);
        line(at, y + FORK + h, low);
        curve(at, low, middle, low + FORK);
        x += w + 2 * GAP;
      }
      found.joins.push({ x: middle, y: end - DOT, by: part.joins[0] });
    }
    function wired(part, x, y, middle, end) {
      const { places, wires, lanes } = part.grid, [xs, ys] = grid(part);
      const ends = new Map([[-1, [middle, y, y]]]), tops = [];
      places.forEach(([row, column], i) => {
        const [left, width] = xs[column], [top, height] = ys[row], [w, h] = size(part.items[i]);
        const at = x + left + width / 2, join = part.joins[i];
        let upper = y + top;
        tops.push([at, upper]);
        found.names.push({ x: at + DOT + 3, y: upper + (join ? DOT + 4 : -5), text: part.names[i] });
        if (join) {
          found.joins.push({ x: at, y: upper + DOT, by: join });
          line(at, upper + 2 * DOT, upper + 2 * DOT + STEM);
          upper += 2 * DOT + STEM;
        }
        put(part.items[i], at - w / 2, upper);
        ends.set(i, [at, upper + h, y + top + height]);
      });
      for (const source of new Set(wires.map((wire) => wire[0]))) {
        const [at, lower, edge] = ends.get(source), mine = wires.filter((wire) => wire[0] === source);
        const far = mine.filter((wire) => wire[2] !== null);
        line(at, lower, edge);
        if (far.length) {
          const [column, slot] = lanes[far[0][2]];
          const way = x + xs[column][0] - (column ? GAP : 0) / 2 - LANE * (slot + 0.5);
          curve(at, edge, way, edge + ROW);
          line(way, edge + ROW, y + ys[Math.max(...far.map((wire) => places[wire[1]][0]))][0] - ROW);
          for (const [, reader] of far) {
            const [to, upper] = tops[reader];
            curve(way, upper - ROW, to, upper);
          }
        }
        for (const [, reader, lane] of mine) if (lane === null) curve(at, edge, ...tops[reader]);
      }
      const [at, lower, edge] = ends.get(tops.length - 1);
      line(at, lower, edge);
      curve(at, edge, middle, end);
    }
    [found.width, found.height] = size(root);
    put(root, 0, 0);
    return found;
  };
})();
