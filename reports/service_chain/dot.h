// The chain as a picture: a text in the language of Graphviz, drawn by its program `dot` (Debian:
// graphviz) as a child process.
//
//   width of an edge    what it carries: 0.8 + 5 x sqrt(its rate / the largest rate) points
//   colour              how busy the callee was in its busiest slice; red where it refused
//   dashed              one-way, or through a queue: nobody waits
//   double line         a family; drum: queue; folder: cache; ellipse: clients
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "reports/service_chain/graph.h"

namespace springtide::reports {

std::string dot_text(const ServiceGraph& graph);

// An element for an HTML page: no ids, colours by the page's custom properties. Fails where
// `program` is not installed or does not understand.
Result<std::string> dot_svg(const std::string& dot, const std::string& program = "dot");

// What the colours of the picture mean.
std::string graph_legend_html();

}  // namespace springtide::reports
