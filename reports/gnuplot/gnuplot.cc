#include "reports/gnuplot/gnuplot.h"

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/gnuplot/palette.h"
#include "reports/gnuplot/process.h"
#include "reports/gnuplot/script.h"
#include "reports/heat/picture.h"

namespace springtide::reports {
namespace {

using Texts = std::vector<std::string>;

// What gnuplot prints for each script. Each has a gnuplot of its own, because what was drawn before
// leaves traces in the svg terminal; they run at the same time.
Result<Texts> gnuplot(Texts scripts) {
  for (std::string& script : scripts) script.insert(0, "set encoding utf8\n");
  // --default-settings: no init file of the user. A script that is named is read in blocks, one on
  // the standard input a character at a time.
  auto run = run_on_each({"gnuplot", "--default-settings", "/dev/stdin"}, scripts, "gnuplot-nox");
  if (!run) return run.problems();
  Texts texts;
  for (ProgramOutput& output : run.value()) {
    if (output.exit_code != 0) {
      Diagnostic problem;
      problem.file = "gnuplot";
      problem.what = "gnuplot failed: " + output.err.substr(0, 500);
      return problem;
    }
    texts.push_back(std::move(output.out));
  }
  return texts;
}

std::string svg_script(std::span<const Chart> charts, const PictureOptions& options, bool framed) {
  std::string script;
  for (const Chart& chart : charts) {
    const PictureOptions size = fitted(options, chart, framed);
    // The svg terminal has no antialiasing to ask for; "dynamic" lets the picture fill its frame.
    script += fmt::format(
        "reset\nset terminal svg size {},{} dynamic noenhanced font "
        "'Helvetica,12' {}\n",
        size.width, size.height, framed ? "background '#ffffff'" : "");
    script += gnuplot_script(chart, size, framed);
    script += "set terminal unknown\n";  // ends the document
  }
  return script;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t begin = 0;
  for (std::size_t at; (at = text.find(from, begin)) != std::string::npos;
       begin = at + from.size()) {
    result.append(text, begin, at - begin);
    result += to;
  }
  result.append(text, begin);
  text = std::move(result);
}

void erase_between(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return;
  const std::size_t end = text.find(to, begin);
  if (end != std::string::npos) text.erase(begin, end + to.size() - begin);
}

std::vector<std::string> documents(const std::string& output) {
  std::vector<std::string> result;
  constexpr std::string_view end = "</svg>";
  for (std::size_t begin = 0, at; (at = output.find(end, begin)) != std::string::npos;) {
    const std::size_t first = output.find('<', begin);
    result.push_back(output.substr(first, at + end.size() - first) + "\n");
    begin = at + end.size();
  }
  return result;
}

void name_colours(std::string& svg) {
  const auto name = [&](const Colour& colour) {
    const std::string property = fmt::format("var(--{})", colour.name);
    for (const auto form :
         {"rgb({},{},{})", "rgb({:3},{:4},{:4})", "rgb({}, {}, {})", "rgb({:3}, {:3}, {:3})"})
      replace_all(svg, fmt::format(fmt::runtime(form), colour.red, colour.green, colour.blue),
                  property);
  };
  for (const Colour& colour : line_palette) name(colour);
  for (const Colour& colour : recorded_palette) name(colour);
  for (const Colour& colour : {ink_colour, faint_colour, grid_colour, band_colour, incident_colour})
    name(colour);
}

// "54.00,18.10 L" -> "54,18.10 L" in the coordinates of paths, never in a label.
void shorten_paths(std::string& svg) {
  std::string result;
  result.reserve(svg.size());
  constexpr std::string_view start = " d='";
  std::size_t begin = 0;
  for (std::size_t at; (at = svg.find(start, begin)) != std::string::npos;) {
    const std::size_t end = svg.find('\'', at + start.size());
    std::string path = svg.substr(at, end - at);
    for (const char* follower : {",", " "})
      replace_all(path, std::string(".00") + follower, follower);
    result.append(svg, begin, at - begin);
    result += path;
    begin = end;
  }
  svg = result.append(svg, begin);
}

// Drops what a page does not need: the prolog, ids, unused symbols, empty groups, fonts.
std::string inlined(std::string svg, const Chart& chart, const PictureOptions& options) {
  svg.erase(0, svg.find("<svg"));
  const std::size_t open_end = svg.find('>');
  svg.replace(0, open_end + 1,
              fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
                          options.width, options.height, xml_escaped(chart.title)));
  erase_between(svg, "<title>", "</title>\n");
  erase_between(svg, "<desc>", "</desc>\n");
  const bool symbols = svg.find("xlink:href='#gpPt", svg.find("</defs>")) != std::string::npos;
  if (symbols)
    replace_all(svg, "gpPt", chart.name + "-point-");
  else
    erase_between(svg, "<defs>", "</defs>\n");
  erase_between(svg, "<filter id='textbox'", "</filter>\n");
  erase_between(svg, "<filter id='greybox'", "</filter>\n");
  replace_all(svg, "id='gpDot' ", "");
  replace_all(svg, " id=\"gnuplot_canvas\"", "");
  replace_all(svg, " font-family=\"Helvetica\"", "");
  for (std::size_t i = chart.lines.size() + 1; i > 0; --i)
    replace_all(svg, fmt::format(" id=\"gnuplot_plot_{}\"", i), "");
  name_colours(svg);
  replace_all(svg, "fill=\"none\" color=\"black\" stroke=\"currentColor\" ", "fill=\"none\" ");
  shorten_paths(svg);
  replace_all(svg, "\n\t\t", "\n");
  replace_all(svg, "\n\t", "\n");
  return svg;
}

std::string titled(std::string svg, const Chart& chart) {
  replace_all(svg, "<title>Gnuplot</title>", "<title>" + xml_escaped(chart.title) + "</title>");
  replace_all(svg, "font-family=\"Helvetica\"", "font-family=\"Helvetica, Arial, sans-serif\"");
  erase_between(svg, "<desc>", "</desc>\n");
  replace_all(svg, "<image ", "<image style='image-rendering:pixelated' ");
  return svg;
}

enum class Form { file, inlined };

// All charts in each form, by form.
Result<std::vector<Texts>> drawn(std::span<const Chart> charts, const PictureOptions& options,
                                 const std::vector<Form>& forms) {
  if (charts.empty()) return std::vector<Texts>(forms.size());
  Texts scripts;
  for (const Form form : forms) scripts.push_back(svg_script(charts, options, form == Form::file));
  const auto outputs = gnuplot(std::move(scripts));
  if (!outputs) return outputs.problems();
  std::vector<Texts> all;
  for (std::size_t form = 0; form < forms.size(); ++form) {
    Texts pictures = documents(outputs.value()[form]);
    if (pictures.size() != charts.size()) {
      Diagnostic problem;
      problem.file = "gnuplot";
      problem.what = fmt::format("gnuplot drew {} of {} charts", pictures.size(), charts.size());
      return problem;
    }
    for (std::size_t i = 0; i < pictures.size(); ++i)
      pictures[i] = forms[form] == Form::file ? titled(std::move(pictures[i]), charts[i])
                                              : inlined(std::move(pictures[i]), charts[i],
                                                        fitted(options, charts[i], false));
    all.push_back(std::move(pictures));
  }
  return all;
}

}  // namespace

Result<std::vector<std::string>> charts_svg(std::span<const Chart> charts,
                                            const PictureOptions& options) {
  auto pictures = drawn(charts, options, {Form::file});
  if (!pictures) return pictures.problems();
  return std::move(pictures.value()[0]);
}

Result<std::vector<std::string>> charts_svg_inline(std::span<const Chart> charts,
                                                   const PictureOptions& options) {
  auto pictures = drawn(charts, options, {Form::inlined});
  if (!pictures) return pictures.problems();
  return std::move(pictures.value()[0]);
}

Result<BothPictures> charts_svg_both(std::span<const Chart> charts, const PictureOptions& options) {
  auto pictures = drawn(charts, options, {Form::file, Form::inlined});
  if (!pictures) return pictures.problems();
  return BothPictures{std::move(pictures.value()[0]), std::move(pictures.value()[1])};
}

Result<std::string> chart_png(const Chart& chart, const PictureOptions& options) {
  const PictureOptions size = fitted(options, chart, true);
  auto pictures =
      gnuplot({fmt::format("set terminal pngcairo size {},{} noenhanced font 'Sans,9' background "
                           "'#ffffff'\n",
                           size.width, size.height) +
               gnuplot_script(chart, size, true)});
  if (!pictures) return pictures.problems();
  return std::move(pictures.value()[0]);
}

}  // namespace springtide::reports
