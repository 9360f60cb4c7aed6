// Heat maps of the grids of a record, each with its hottest and coldest rows.
#pragma once

#include "measure/record.h"
#include "reports/content/content.h"
#include "reports/content/layout.h"
#include "reports/content/taker.h"

namespace springtide::reports {

void add_heat_charts(const measure::Record& record, const Panel& panel, Taker& taken,
                     SectionContent& section);

}  // namespace springtide::reports
