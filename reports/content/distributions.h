// Charts and tables of distributions of durations.
#pragma once

#include <set>
#include <string>

#include "measure/record.h"
#include "reports/content/content.h"
#include "reports/content/layout.h"

namespace springtide::reports {

// A chart for each distribution over time.
void add_quantile_charts(const measure::Record& record, const Panel& panel,
                         std::set<std::string>& taken, SectionContent& section);

// All distributions on one nines axis, at most eight lines a chart.
void add_distribution_charts(const measure::Record& record, const Panel& panel,
                             std::set<std::string>& taken, SectionContent& section);

}  // namespace springtide::reports
