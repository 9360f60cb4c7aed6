// A table of a record, read by the names of its columns.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "measure/record.h"

namespace springtide::reports {

class Rows {
 public:
  Rows(const measure::Record& record, const std::string& table) {
    const auto found = record.tables.find(table);
    if (found != record.tables.end() && found->second.size() > 1) rows_ = &found->second;
  }

  bool empty() const { return rows_ == nullptr; }
  std::size_t size() const { return empty() ? 0 : rows_->size() - 1; }

  // Empty where there is no such column.
  std::string text(std::size_t row, std::string_view column) const {
    const auto& header = rows_->front();
    const auto& cells = (*rows_)[row + 1];
    for (std::size_t i = 0; i < header.size() && i < cells.size(); ++i)
      if (header[i] == column) return cells[i];
    return {};
  }
  // NaN where there is none.
  double number(std::size_t row, std::string_view column) const {
    const std::string cell = text(row, column);
    char* end = nullptr;
    const double value = std::strtod(cell.c_str(), &end);
    return end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : value;
  }
  // The same, 0 where there is none.
  long long count(std::size_t row, std::string_view column) const {
    return std::atoll(text(row, column).c_str());
  }

 private:
  const std::vector<std::vector<std::string>>* rows_ = nullptr;  // the header first
};

}  // namespace springtide::reports
