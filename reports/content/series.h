// Charts and tables of series: one chart for each unit, at most eight lines a chart.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "measure/record.h"
#include "reports/content/content.h"
#include "reports/content/layout.h"

namespace springtide::reports {

// Takes what the panel asks for and `taken` does not hold yet.
void add_series_charts(const measure::Record& record, const ReportOptions& options,
                       const Panel& panel, std::set<std::string>& taken, SectionContent& section);

}  // namespace springtide::reports
