#include "reports/service_chain/dot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/gnuplot/palette.h"
#include "reports/gnuplot/process.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

constexpr double refuses_from = 0.001;  // share of the calls; below it, a note in the table
constexpr Colour unknown_colour = faint_colour;

struct Load {
  double from;  // utilisation
  Colour colour;
  const char* meaning;
};
constexpr std::array<Load, 4> loads{{{0, line_palette[7], "below 50 %"},
                                     {0.5, line_palette[2], "50 to 75 %"},
                                     {0.75, line_palette[6], "75 to 95 %"},
                                     {0.95, line_palette[1], "95 % and more"}}};

const Colour& colour_of(const GraphNode& node) {
  if (node.refused_share() >= refuses_from) return incident_colour;
  if (std::isnan(node.busiest)) return unknown_colour;
  const Load* load = &loads.front();
  for (const Load& one : loads)
    if (node.busiest >= one.from) load = &one;
  return load->colour;
}

std::string hex(const Colour& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

std::string percent(double share) { return number_text(100 * share, share < 0.1 ? 2 : 3) + " %"; }

// "12.3 k/s": at most three digits.
std::string rate_text(double per_second) {
  if (per_second >= 999'500) return number_text(per_second / 1e6, 3) + " M/s";
  if (per_second >= 999.5) return number_text(per_second / 1000, 3) + " k/s";
  return number_text(per_second, 3) + "/s";
}

// In a label as Graphviz reads it, where a backslash would begin a name of its own.
std::string label_text(const std::string& text) {
  std::string result;
  for (const char c : xml_escaped(text))
    if (c == '\\')
      result += "\\\\";
    else
      result += c;
  return result;
}

std::string small_line(const std::string& text, const Colour& colour) {
  return fmt::format("<br/><font point-size=\"10\" color=\"{}\">{}</font>", hex(colour),
                     label_text(text));
}

std::string label_of(const GraphNode& node) {
  std::string label = label_text(node.name);
  if (node.kind == GraphNode::Kind::clients) return label;
  if (node.members > 1)
    label +=
        small_line(fmt::format("× {}, the busiest {}", node.members, node.worst), faint_colour);
  if (!std::isnan(node.busiest))
    label += small_line(fmt::format("{} busy, at most {}", percent(node.utilisation),
                                    percent(std::max(node.busiest, node.utilisation))),
                        faint_colour);
  if (node.kind == GraphNode::Kind::cache) label += small_line("cache", faint_colour);
  if (node.kind == GraphNode::Kind::queue)
    label += small_line("queue, at most " + number_text(node.backlog, 3) + " waited", faint_colour);
  if (node.refused > 0)
    label += small_line("refused " + percent(node.refused_share()), incident_colour);
  return label;
}

const char* shape_of(const GraphNode& node) {
  switch (node.kind) {
    case GraphNode::Kind::clients: return "ellipse";
    case GraphNode::Kind::cache: return "folder";
    case GraphNode::Kind::queue: return "cylinder";
    case GraphNode::Kind::service: break;
  }
  return "box";
}

std::string node_text(std::size_t number, const GraphNode& node) {
  const Colour& colour = colour_of(node);
  const bool refuses = node.refused_share() >= refuses_from;
  return fmt::format(
      "n{} [label=<{}>, shape={}, color=\"{}\", fillcolor=\"{}26\", penwidth={}{}];\n", number,
      label_of(node), shape_of(node), hex(colour), hex(colour), refuses ? "2.4" : "1.2",
      node.members > 1 ? ", peripheries=2" : "");
}

std::string edge_text(const ServiceGraph& graph, const GraphEdge& edge, double largest) {
  const double share = largest > 0 ? edge.carried_per_second() / largest : 0;
  return fmt::format("n{} -> n{} [label=\"{}\", penwidth={:.2f}, color=\"{}\", style={}];\n",
                     edge.from, edge.to, rate_text(edge.per_second), 0.8 + 5 * std::sqrt(share),
                     hex(colour_of(graph.nodes[edge.to])),
                     edge.one_way || edge.by_queue ? "dashed" : "solid");
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// From `begin` to `end`, both included, wherever it stands.
void erase_all(std::string& text, std::string_view begin, std::string_view end) {
  for (std::size_t at = 0; (at = text.find(begin, at)) != std::string::npos;) {
    const std::size_t to = text.find(end, at + begin.size());
    if (to == std::string::npos) return;
    text.erase(at, to + end.size() - at);
  }
}

// Width in points as dot gives it: `<svg width="812pt" ...`.
double width_of(const std::string& svg) {
  const std::size_t at = svg.find("width=\"");
  return at == std::string::npos ? 0 : std::atof(svg.c_str() + at + 7);
}

std::string for_a_page(std::string svg) {
  svg.erase(0, svg.find("<svg"));
  const double width = width_of(svg);
  const std::size_t box = svg.find("viewBox=\""), box_end = svg.find('"', box + 9);
  const std::string view = svg.substr(box, box_end + 1 - box);
  svg.replace(0, svg.find('>') + 1,
              fmt::format("<svg {} style=\"width:{:.0f}px\" role=\"img\" "
                          "aria-label=\"The service chain as a graph\">",
                          view, width * 4 / 3));
  replace_all(svg, "&#45;", "-");
  erase_all(svg, "<!--", "-->\n");
  erase_all(svg, "<title>", "</title>\n");
  erase_all(svg, " id=\"", "\"");
  replace_all(svg, " font-family=\"DejaVu Sans\"", "");  // the page names it, and those like it
  for (const Load& load : loads)
    replace_all(svg, hex(load.colour), fmt::format("var(--{})", load.colour.name));
  for (const Colour& colour : {ink_colour, faint_colour, incident_colour})
    replace_all(svg, hex(colour), fmt::format("var(--{})", colour.name));
  return svg;
}

std::string swatch(const Colour& colour, const std::string& text) {
  return fmt::format("<li style=\"--swatch:var(--{})\"><i></i>{}</li>\n", colour.name,
                     html_escaped(text));
}

}  // namespace

std::string dot_text(const ServiceGraph& graph) {
  double largest = 0;
  for (const GraphEdge& edge : graph.edges) largest = std::max(largest, edge.carried_per_second());
  std::string text = fmt::format(
      "digraph chain {{\n"
      "rankdir=LR; bgcolor=transparent; nodesep=0.22; ranksep=0.55; margin=0.05;\n"
      "node [fontname=\"DejaVu Sans\", fontsize=12, fontcolor=\"{0}\", style=filled, "
      "margin=\"0.13,0.07\"];\n"
      "edge [fontname=\"DejaVu Sans\", fontsize=10, fontcolor=\"{1}\", arrowsize=0.6];\n",
      hex(ink_colour), hex(faint_colour));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) text += node_text(i, graph.nodes[i]);
  for (const GraphEdge& edge : graph.edges) text += edge_text(graph, edge, largest);
  return text + "}\n";
}

Result<std::string> dot_svg(const std::string& dot, const std::string& program) {
  auto output = run_program({program, "-Tsvg"}, dot, "graphviz");
  if (!output) return output.problems();
  if (output.value().exit_code != 0 || output.value().out.find("<svg") == std::string::npos) {
    Diagnostic problem;
    problem.file = program;
    problem.what = "the chain could not be drawn: " + output.value().err.substr(0, 500);
    return problem;
  }
  return for_a_page(std::move(output.value().out));
}

std::string graph_legend_html() {
  std::string html = "<ul class=\"legend\">\n<li>Busiest slice of the callee:</li>\n";
  for (const Load& load : loads) html += swatch(load.colour, load.meaning);
  return html + swatch(incident_colour, "refused calls") + "</ul>\n";
}

}  // namespace springtide::reports
