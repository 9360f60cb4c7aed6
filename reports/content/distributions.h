// Charts and tables of distributions of durations.
#pragma once

#include <string>

#include "measure/record.h"
#include "reports/content/content.h"
#include "reports/content/layout.h"
#include "reports/content/taker.h"

namespace springtide::reports {

// A chart for each distribution over time.
void add_quantile_charts(const measure::Record& record, const Panel& panel, Taker& taken,
                         SectionContent& section);

// A distribution as a line of a chart with a nines axis, in nanoseconds.
Line nines_line(const std::string& label, const measure::Histogram& histogram);
void set_nines_axis(Chart& chart);

// For a chart whose lines are in nanoseconds: the scale of its y axis (logarithmic where the values
// span more than a factor of fifty) and its unit, to which the values are brought.
void set_duration_axis(Chart& chart);

// All distributions on one nines axis, at most eight lines a chart.
void add_distribution_charts(const measure::Record& record, const ReportOptions& options,
                             const Panel& panel, Taker& taken, SectionContent& section);

}  // namespace springtide::reports
