#include "reports/chart/text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/heat/text.h"

namespace springtide::reports {
namespace {

// A grid of dots, `across` x `down` of them to a character. Unicode's braille patterns begin at
// U+2800; bit 0 is the upper left dot (the numbering of dots is Unicode chapter 21.1).
class Canvas {
 public:
  Canvas(int columns, int rows, bool braille)
      : across_(braille ? 2 : 1),
        down_(braille ? 4 : 1),
        columns_(columns),
        rows_(rows),
        dots_(static_cast<std::size_t>(width() * height())) {}

  int width() const { return columns_ * across_; }
  int height() const { return rows_ * down_; }

  void vertical(int x, int from, int to) {
    for (int y = std::max(0, std::min(from, to)); y <= std::min(height() - 1, std::max(from, to));
         ++y)
      if (x >= 0 && x < width()) dots_[static_cast<std::size_t>(y * width() + x)] = true;
  }

  std::string row(int number) const {
    std::string text;
    for (int column = 0; column < columns_; ++column) text += cell(column, number);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }

 private:
  bool dot(int x, int y) const { return dots_[static_cast<std::size_t>(y * width() + x)]; }
  std::string cell(int column, int number) const {
    if (down_ == 1) return dot(column, number) ? "*" : " ";
    constexpr int bits[4][2] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}};
    int pattern = 0;
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 2; ++x)
        if (dot(column * 2 + x, number * 4 + y)) pattern |= 1 << bits[y][x];
    if (pattern == 0) return " ";
    return {static_cast<char>(0xE2), static_cast<char>(0xA0 | (pattern >> 6)),
            static_cast<char>(0x80 | (pattern & 0x3F))};
  }

  int across_, down_, columns_, rows_;
  std::vector<bool> dots_;
};

int scaled(double value, double low, double high, int size) {
  return static_cast<int>(std::lround((value - low) / (high - low) * (size - 1)));
}

void draw(Canvas& canvas, const Chart& chart, const Line& line, const AxisPlan& x,
          const AxisPlan& y) {
  int last_x = -1, last_y = 0;
  for (std::size_t i = 0; i < line.x.size() && i < line.y.size(); ++i) {
    const double at = position_on(chart.x.scale, line.x[i]);
    const double value = position_on(chart.y.scale, line.y[i]);
    if (std::isnan(at) || std::isnan(value) || at < x.low || at > x.high) {
      last_x = -1;
      continue;
    }
    const int column = scaled(at, x.low, x.high, canvas.width());
    const int row = canvas.height() - 1 -
                    scaled(std::clamp(value, y.low, y.high), y.low, y.high, canvas.height());
    const bool joined = last_x >= 0 && line.style != Line::Style::points;
    if (line.style == Line::Style::bars) canvas.vertical(column, row, canvas.height() - 1);
    for (int between = joined ? last_x + 1 : column; between < column; ++between)
      canvas.vertical(between, last_y, last_y);
    canvas.vertical(column, joined ? last_y : row, row);
    last_x = column;
    last_y = row;
  }
}

// Columns that a text takes; the only wide thing in ours is UTF-8's continuation bytes.
int columns_of(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string x_labels(const AxisPlan& x, int width) {
  std::string text;
  for (const AxisTick& tick : x.ticks) {
    const int at = scaled(tick.position, x.low, x.high, width);
    if (at + columns_of(tick.label) > width + 6) break;
    if (columns_of(text) > 0 && at < columns_of(text) + 2) continue;
    text += std::string(static_cast<std::size_t>(std::max(0, at - columns_of(text))), ' ');
    text += tick.label;
  }
  return text;
}

std::string panel(const Chart& chart, const Line& line, const AxisPlan& x, const AxisPlan& y,
                  const TextOptions& options) {
  Canvas canvas(options.width, options.height, options.braille);
  draw(canvas, chart, line, x, y);
  std::vector<std::string> labels(static_cast<std::size_t>(options.height));
  for (const AxisTick& tick : y.ticks) {
    const int row = options.height - 1 - scaled(tick.position, y.low, y.high, options.height);
    if (row >= 0 && row < options.height) labels[static_cast<std::size_t>(row)] = tick.label;
  }
  int margin = 0;
  for (const std::string& label : labels) margin = std::max(margin, columns_of(label));
  const auto padded = [&](const std::string& label) {
    return std::string(static_cast<std::size_t>(margin - columns_of(label)), ' ') + label;
  };
  std::string text = line.label;
  if (!chart.y.unit.empty()) text += " (" + caption_of(chart.y) + ")";
  text += "\n";
  for (int row = 0; row < options.height; ++row) {
    const std::string& label = labels[static_cast<std::size_t>(row)];
    text += padded(label) + (label.empty() ? " │" : " ┤") + canvas.row(row) + "\n";
  }
  text += padded("") + " └";
  for (int column = 0; column < options.width; ++column) text += "─";
  return text + "\n" + padded("") + "  " + x_labels(x, options.width) + "\n";
}

}  // namespace

std::string chart_text(const Chart& chart, const TextOptions& options) {
  if (chart.heat) return heat_text(chart, options.width);
  const AxisPlan x = plan_x(chart), y = plan_y(chart);
  std::string text = chart.title + "\n";
  for (const Line& line : chart.lines) text += panel(chart, line, x, y, options);
  return text;
}

}  // namespace springtide::reports
